/** Finds the attributes that a plan changes in a resource, except those that only AWS sets. */
import { createRequire } from 'node:module';
import { isMarked, type ReviewedResource, readValue, type Values } from './reviewed-plan.ts';

const load = createRequire(import.meta.url);
// Without the bindings every attribute would count as settable, and every plan would be refused.
load.resolve('@cdktf/provider-aws/package.json');

/**
 * Returns the paths, such as `rule.0.action`, whose values an update or a replacement changes or makes unknown. An
 * added or removed object counts as one path.
 */
export function changedPaths({ type, change: { before, after, after_unknown } }: ReviewedResource): string[] {
  if (before === null || after === null) return [];
  const unknown = typeof after_unknown === 'object' && after_unknown !== null ? (after_unknown as Values) : {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])];
  return names
    .filter((name) => isSettable(type, name))
    .flatMap((name) => differences(name, before[name], after[name], unknown[name]));
}

function differences(path: string, before: unknown, after: unknown, unknown: unknown): string[] {
  if (unknown === true) return [path];
  if (!isTree(before) || !isTree(after)) {
    const isSame = JSON.stringify(nullIfEmpty(before)) === JSON.stringify(nullIfEmpty(after));
    return isSame && !isMarked(unknown) ? [] : [path];
  }
  const steps = new Set([before, after, isTree(unknown) ? unknown : {}].flatMap((tree) => Object.keys(tree)));
  return [...steps].flatMap((step) =>
    differences(`${path}.${step}`, before[step], after[step], readValue(unknown, step)),
  );
}

function isTree(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Returns null for an empty value, because Terraform writes unset values as null, an empty string or an empty list. */
function nullIfEmpty(value: unknown): unknown {
  return value === '' || value === undefined || (typeof value === 'object' && !isTree(value)) ? null : value;
}

interface Bindings {
  readonly tfResourceType?: unknown;
  readonly prototype?: object;
}

/**
 * Returns whether a stack can set an attribute. The policy need not judge an attribute that only AWS sets (an ARN, a
 * version), because it changes only after a settable attribute. The provider's bindings have an `…Input` property for
 * each settable attribute. Attributes that the bindings do not know count as settable.
 */
export function isSettable(type: string, attribute: string): boolean {
  return !hasAttribute(type, attribute) || attributesOf(type).has(`${camelCase(attribute)}Input`);
}

/** Returns whether the provider's bindings have an attribute of a type. */
export function hasAttribute(type: string, attribute: string): boolean {
  return attributesOf(type).has(camelCase(attribute));
}

function camelCase(attribute: string): string {
  return attribute.replaceAll(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

const loaded = new Map<string, ReadonlySet<string>>();

/** Returns the properties of a type's bindings, or an empty set if the provider does not have the type. */
function attributesOf(type: string): ReadonlySet<string> {
  const found = loaded.get(type) ?? new Set(Object.getOwnPropertyNames(bindingsOf(type)?.prototype ?? {}));
  loaded.set(type, found);
  return found;
}

function bindingsOf(type: string): Bindings | undefined {
  const name = type.replace(/^aws_/, '').replaceAll('_', '-');
  try {
    const module = load(`@cdktf/provider-aws/lib/${name}/index.js`) as Record<string, Bindings>;
    return Object.values(module).find(({ tfResourceType }) => tfResourceType === type);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
