/** Which attributes of a resource a plan changes, without those that only AWS sets. */
import { createRequire } from 'node:module';
import { at, isMarked, type ReviewedResource, type Values } from './reviewed-plan.ts';

const load = createRequire(import.meta.url);

/**
 * Where the values of an update or a replacement differ, or are known only after the apply: `rule.0.action`. A whole that
 * comes or goes is one path.
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
    const isSame = JSON.stringify(orNothing(before)) === JSON.stringify(orNothing(after));
    return isSame && !isMarked(unknown) ? [] : [path];
  }
  const steps = new Set([before, after, isTree(unknown) ? unknown : {}].flatMap((tree) => Object.keys(tree)));
  return [...steps].flatMap((step) => differences(`${path}.${step}`, before[step], after[step], at(unknown, step)));
}

function isTree(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Terraform writes what is not set as null, as an empty text or as an empty list. */
function orNothing(value: unknown): unknown {
  return value === '' || value === undefined || (typeof value === 'object' && !isTree(value)) ? null : value;
}

interface Bindings {
  readonly tfResourceType?: unknown;
  readonly prototype?: object;
}

/**
 * Whether a stack can set an attribute. What only AWS sets (an ARN, a version) follows from other changes and is judged with
 * them. The provider's bindings have an `…Input` for what can be set; what they do not know counts as such.
 */
export function isSettable(type: string, attribute: string): boolean {
  return !hasAttribute(type, attribute) || attributesOf(type).has(`${camelCase(attribute)}Input`);
}

/** Whether the provider's bindings have an attribute of a type. */
export function hasAttribute(type: string, attribute: string): boolean {
  return attributesOf(type).has(camelCase(attribute));
}

function camelCase(attribute: string): string {
  return attribute.replaceAll(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

const loaded = new Map<string, ReadonlySet<string>>();

/** The properties of the bindings of a type; none for a type that the provider does not have. */
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
