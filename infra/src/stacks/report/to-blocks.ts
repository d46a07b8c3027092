/**
 * QuickSight's own JSON as the provider's blocks: other cases, lists where the API has one thing, a few other names.
 *
 * CDKTF has no types for these blocks, and a misspelt one would only be found by Terraform. So every name is looked up in
 * what the provider's schema says, and nothing is passed over.
 */
import { blocks } from './provider-blocks.ts';

/** A type of block: its attributes with their types, and the types of the blocks within it. */
export interface BlockType {
  readonly attributes: Readonly<Record<string, string>>;
  readonly blocks: Readonly<Record<string, string>>;
}

/** Something in a definition that the provider has no place for. */
export class UnknownBlockError extends Error {
  override readonly name = 'UnknownBlockError';

  constructor(path: string, what: string) {
    super(
      `${path} ${what}. If the provider's release knows it, ` +
        'run `node infra/src/stacks/report/generate-provider-blocks.ts`; else draw the visual without it.',
    );
  }
}

/** Where the provider does not call a thing as the API does. */
const renamed: Readonly<Record<string, string>> = {
  DataSetIdentifierDeclarations: 'data_set_identifiers_declarations',
  FormatConfiguration: 'numeric_format_configuration',
  ValueWhenUnset: 'values_when_unset',
};

/** `KPIVisual` is `kpi_visual`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The names that a block may have for one of the API's. */
export function namesOf(name: string): readonly string[] {
  return renamed[name] === undefined ? [snakeCase(name)] : [snakeCase(name), renamed[name]];
}

/**
 * A structure of the API as a block of that type.
 *
 * @param type a key of `known`
 * @throws {UnknownBlockError} the provider has no place for a part of it, or wants another type there.
 */
export function toBlock(
  structure: object,
  type: string,
  known: Readonly<Record<string, BlockType>> = blocks,
  path = type,
): Record<string, unknown> {
  const block = known[type];
  if (block === undefined) throw new UnknownBlockError(path, `is a block ${type}, which is not known`);
  const entries = Object.entries(structure).flatMap(([name, value]: [string, unknown]) => {
    const at = `${path}.${name}`;
    // The provider reads nothing back where a list is empty.
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    const attribute = namesOf(name).find((candidate) => block.attributes[candidate] !== undefined);
    if (attribute !== undefined) return [[attribute, toAttribute(value, block.attributes[attribute] ?? '', at)]];
    const inner = namesOf(name).find((candidate) => block.blocks[candidate] !== undefined);
    if (inner === undefined) throw new UnknownBlockError(at, 'is not known to the provider');
    const structures = Array.isArray(value) ? value : [value];
    return [
      [
        inner,
        structures.map((each: unknown, index) => {
          const where = Array.isArray(value) ? `${at}[${index}]` : at;
          if (typeof each !== 'object' || each === null) throw new UnknownBlockError(where, 'is no block');
          return toBlock(each, block.blocks[inner] ?? '', known, where);
        }),
      ],
    ];
  });
  return Object.fromEntries(entries);
}

function toAttribute(value: unknown, type: string, path: string): unknown {
  const element = /^(?:list|set)\((\w+)\)$/.exec(type)?.[1];
  if (element !== undefined) {
    if (!Array.isArray(value)) throw new UnknownBlockError(path, `is no list, which the provider wants`);
    return value.map((each: unknown, index) => toAttribute(each, element, `${path}[${index}]`));
  }
  // The provider writes some whole numbers as texts, to tell 0 from nothing.
  if (type === 'string' && typeof value === 'number') return String(value);
  const expected: Readonly<Record<string, string>> = { string: 'string', number: 'number', bool: 'boolean' };
  const fits = typeof value === expected[type];
  if (!fits) throw new UnknownBlockError(path, `is a ${typeof value} where the provider wants ${type}`);
  return value;
}
