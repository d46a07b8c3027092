/** Summarises plans for people, as Markdown without secrets. */
import type { Plan } from '@centflow/terraform';
import {
  isMarked,
  listTouched,
  type ReviewedPlan,
  type ReviewedResource,
  readPlan,
  readValue,
} from './reviewed-plan.ts';

export interface StackPlan {
  readonly stack: string;
  readonly plan: Plan;
}

type Kind = 'destroyed' | 'replaced' | 'changed' | 'created' | 'forgotten';

/** The kinds of changes, with the most dangerous kinds first because a reader must not miss them. */
const kinds: readonly Kind[] = ['destroyed', 'replaced', 'forgotten', 'changed', 'created'];

/**
 * The length limit of the summary in characters. GitHub allows 65,536 in a comment, and the rest is for the text around
 * the summary.
 */
const MOST_CHARACTERS = 60_000;

/**
 * The numbers of entries per list, tried from the largest. If the summary is too long, the next smaller number is used.
 * 0 shows only counts.
 */
const listLengths = [20, 5, 0];

const ATTRIBUTES_SHOWN = 12;
const VALUE_CHARACTERS = 80;

/** Names of attributes that may be secret although Terraform does not mark them as sensitive. */
const SECRET_NAME = /password|passwd|passphrase|secret|token|credential|api_?key|private_?key|access_?key/i;

/**
 * Summarises the plans of several stacks in one text, with the counts first.
 *
 * @throws {UnreviewablePlanError} a plan failed or is incomplete.
 */
export function planSummary(plans: readonly StackPlan[]): string {
  const read = plans.map(({ stack, plan }) => ({ stack, plan: readPlan(plan) }));
  const texts = listLengths.map((length) => written(read, length));
  return texts.find((text) => text.length <= MOST_CHARACTERS) ?? (texts.at(-1) as string);
}

function written(plans: readonly { stack: string; plan: ReviewedPlan }[], length: number): string {
  const all = plans.flatMap(({ plan }) => listTouched(plan));
  const total = `**${counts(all)}** in ${plans.length} ${plans.length === 1 ? 'stack' : 'stacks'}.`;
  const perStack = plans.map(({ stack, plan }) => `- ${code(stack)}: ${counts(listTouched(plan))}${outputs(plan)}`);
  const details = plans.flatMap(({ stack, plan }) => {
    const resources = listTouched(plan);
    if (resources.length === 0 || length === 0) return [];
    return [`### ${code(stack)}`, ...kinds.flatMap((kind) => section(kind, resources, length))];
  });
  return `${[total, perStack.join('\n'), ...details].filter((part) => part !== '').join('\n\n')}\n`;
}

function counts(resources: readonly ReviewedResource[]): string {
  const counted = kinds.map(
    (kind) => [resources.filter((resource) => kindOf(resource) === kind).length, kind] as const,
  );
  const some = counted.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`);
  return some.join(', ') || 'nothing to do';
}

function outputs({ output_changes }: ReviewedPlan): string {
  const changed = Object.entries(output_changes)
    .filter(([, { actions }]) => actions.some((action) => action !== 'no-op'))
    .map(([name]) => code(name));
  return changed.length === 0 ? '' : `; outputs: ${shortened(changed, ATTRIBUTES_SHOWN, ', ')}`;
}

function section(kind: Kind, resources: readonly ReviewedResource[], length: number): string[] {
  const entries = resources.filter((resource) => kindOf(resource) === kind).map((resource) => entry(kind, resource));
  if (entries.length === 0) return [];
  const more = entries.length > length ? [`- and ${entries.length - length} more`] : [];
  return [`**${entries.length} ${kind}**`, [...entries.slice(0, length), ...more].join('\n')];
}

function kindOf({ change: { actions } }: ReviewedResource): Kind {
  if (actions.includes('forget')) return 'forgotten';
  if (actions.includes('delete')) return actions.length > 1 ? 'replaced' : 'destroyed';
  return actions.includes('create') ? 'created' : 'changed';
}

function entry(kind: Kind, resource: ReviewedResource): string {
  const line = `- ${code(resource.address)}`;
  if (kind !== 'changed' && kind !== 'replaced') return line;
  const forcing = [...new Set(resource.change.replace_paths.map((path) => path.join('.')))].map(code);
  const because = forcing.length === 0 ? '' : ` because of ${shortened(forcing, ATTRIBUTES_SHOWN, ', ')}`;
  const changed = changedAttributes(resource);
  return [`${line}${because}`, ...shortened(changed, ATTRIBUTES_SHOWN, '\n').split('\n')]
    .filter((part) => part !== '')
    .join('\n  - ');
}

function changedAttributes({ change }: ReviewedResource): string[] {
  const { before, after, before_sensitive, after_sensitive, after_unknown } = change;
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  if (typeof after_unknown === 'object') for (const name of Object.keys(after_unknown ?? {})) names.add(name);
  return [...names].sort().flatMap((name) => {
    const [was, willBe] = [before?.[name], after?.[name]];
    const isUnknown = isMarked(readValue(after_unknown, name));
    if (!isUnknown && JSON.stringify(was ?? null) === JSON.stringify(willBe ?? null)) return [];
    // Values that AWS generates change with every replacement.
    if (isUnknown && change.actions.includes('delete') && !isForcing(change.replace_paths, name)) return [];
    if (
      SECRET_NAME.test(name) ||
      isMarked(readValue(before_sensitive, name)) ||
      isMarked(readValue(after_sensitive, name))
    ) {
      return [`${code(name)} (not shown)`];
    }
    if (![was, willBe].every(isShown)) return [code(name)];
    return [`${code(name)}: ${value(was)} → ${isUnknown ? 'known after the apply' : value(willBe)}`];
  });
}

function isForcing(paths: readonly (readonly (string | number)[])[], name: string): boolean {
  return paths.some(([first]) => first === name);
}

/** Returns whether a value may be shown. Documents, keys and URLs with a password may contain unmarked secrets. */
function isShown(candidate: unknown): boolean {
  if (typeof candidate === 'string') return !/^\s*[[{]|:\/\/[^/\s]*@|-----BEGIN/.test(candidate);
  return typeof candidate !== 'object' || candidate === null;
}

function value(scalar: unknown): string {
  if (scalar === undefined || scalar === null) return 'nothing';
  const text = String(scalar);
  if (text === '') return 'empty';
  return code(text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS)}…` : text);
}

function shortened(entries: readonly string[], most: number, between: string): string {
  const more = entries.length > most ? [`and ${entries.length - most} more`] : [];
  return [...entries.slice(0, most), ...more].join(between);
}

/** Formats a text as code, so that Markdown, HTML, mentions and links in it are plain text. */
export function code(text: string): string {
  const visible = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${visible}${fence}` : `${fence} ${visible} ${fence}`;
}
