/**
 * The plan that is about to be applied against the plan that was reviewed, change by change.
 *
 * Only what changes is compared. What stays as it is may read otherwise each time (RDS's newest restorable moment), and
 * whatever else has moved makes a change of its own.
 */
import { isDeepStrictEqual } from 'node:util';
import { changesOf, type Plan, type ResourceChange } from '@centflow/terraform';

/** The world has moved since the review: what would be applied is not what was reviewed. */
export class PlanMovedError extends Error {
  override readonly name = 'PlanMovedError';
}

export interface Comparison {
  /** What would be done and was not reviewed, in words without values: some may be secret. */
  readonly unreviewed: readonly string[];
  /** Addresses of what was reviewed and is done already, as after an apply that stopped half-way. */
  readonly done: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** A value that the plan does not know yet. */
const UNKNOWN = Symbol('known after the apply');

type Actions = 'create' | 'update' | 'delete' | 'replace' | 'forget';

/** Compares the plan at hand with the reviewed one. */
export function comparePlans(reviewed: Plan, made: Plan): Comparison {
  const known = new Map(managed(reviewed).map((change) => [keyOf(change), change]));
  const unreviewed = managed(made).flatMap((change) => {
    // What a replacement left to be deleted is listed beside the resource itself.
    const was = known.get(keyOf(change)) ?? (change.deposed === undefined ? undefined : known.get(change.address));
    const difference = was === undefined ? 'was not in the reviewed plan' : differenceOf(was, change);
    return difference === undefined ? [] : [`${change.address} (${actionsOf(change)}) ${difference}`];
  });
  const left = new Set(managed(made).map(({ address }) => address));
  return {
    unreviewed,
    done: [...known.values()].map(({ address }) => address).filter((address) => !left.has(address)),
  };
}

/**
 * @throws {PlanMovedError} the plan at hand holds a change that was not reviewed.
 * @returns addresses of what was reviewed and is done already
 */
export function refuseWhatMoved(stack: string, reviewed: Plan, made: Plan): readonly string[] {
  const { unreviewed, done } = comparePlans(reviewed, made);
  if (unreviewed.length === 0) return done;
  throw new PlanMovedError(
    `${stack} has moved since it was reviewed. Not reviewed:\n${unreviewed.map((line) => `  ${line}`).join('\n')}\n` +
      'Nothing of it was applied. Bring the change up to date with main, let plan.yml plan it again, and review what it says now.',
  );
}

type Managed = ResourceChange & { readonly deposed?: string };

function managed(plan: Plan): Managed[] {
  return changesOf(plan).filter(
    ({ mode, change }) => mode === 'managed' && !isDeepStrictEqual(change.actions, ['read']),
  );
}

function keyOf({ address, deposed }: Managed): string {
  return deposed === undefined ? address : `${address} ${deposed}`;
}

function actionsOf({ change: { actions } }: ResourceChange): Actions {
  if (actions.includes('forget')) return 'forget';
  if (actions.includes('create')) return actions.includes('delete') ? 'replace' : 'create';
  return actions.includes('delete') ? 'delete' : 'update';
}

/** The rest of an action that stopped half-way: nothing of it was not reviewed. */
const rests: Readonly<Record<Actions, readonly Actions[]>> = {
  // Made, but not to its end: Terraform makes it anew.
  create: ['create', 'replace'],
  update: ['update'],
  delete: ['delete'],
  replace: ['replace', 'create', 'delete'],
  forget: ['forget'],
};

function differenceOf(reviewed: Managed, made: Managed): string | undefined {
  const [was, is] = [actionsOf(reviewed), actionsOf(made)];
  // Only what a replacement left over may be deleted on its ground: not what it made.
  const isRest = rests[was].includes(is) && !(was === 'replace' && is === 'delete' && made.deposed === undefined);
  if (!isRest) return `was reviewed as: ${was}`;
  if (is === 'delete' || is === 'forget') return undefined;
  const differing = was === 'update' ? differingUpdate(reviewed, made) : differingWhole(reviewed, made);
  return differing.length === 0 ? undefined : `differs in ${differing.sort().join(', ')}`;
}

/** Of something new all is compared. */
function differingWhole(reviewed: Managed, made: Managed): string[] {
  const [was, is] = [planned(reviewed), planned(made)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => !fits(was.get(name), is.get(name)));
}

/** Of something that stays, what is written: from the same value to the same value, or there already. */
function differingUpdate(reviewed: Managed, made: Managed): string[] {
  const [was, is] = [planned(reviewed), planned(made)];
  const isWritten = ({ change: { before } }: Managed, name: string, after: unknown) =>
    !isDeepStrictEqual(before?.[name] ?? undefined, after ?? undefined);
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => {
    const [before, after] = [was.get(name), is.get(name)];
    const written = isWritten(made, name, after);
    if (!isWritten(reviewed, name, before)) return written;
    const sameBefore = isDeepStrictEqual(reviewed.change.before?.[name], made.change.before?.[name]);
    return !fits(before, after) || (written && !sameBefore);
  });
}

/** Whether a value is the reviewed one, where the review knew it. */
function fits(reviewed: unknown, made: unknown): boolean {
  if (reviewed === UNKNOWN) return true;
  if (made === UNKNOWN) return false;
  // What is not said and what is null is the same to Terraform.
  if (reviewed == null && made == null) return true;
  if (typeof reviewed !== 'object' || typeof made !== 'object' || reviewed === null || made === null) {
    return Object.is(reviewed, made);
  }
  if (Array.isArray(reviewed) !== Array.isArray(made)) return false;
  const names = new Set([...Object.keys(reviewed), ...Object.keys(made)]);
  return [...names].every((name) => fits((reviewed as Values)[name], (made as Values)[name]));
}

/** What the plan would have there afterwards, attribute by attribute. */
function planned({ change: { after, after_unknown } }: ResourceChange): Map<string, unknown> {
  const marks = (typeof after_unknown === 'object' && after_unknown !== null ? after_unknown : {}) as Values;
  const names = new Set([...Object.keys(after ?? {}), ...Object.keys(marks)]);
  return new Map([...names].map((name) => [name, withUnknown(after?.[name], marks[name])]));
}

/** The value with UNKNOWN where the plan marks it so. */
function withUnknown(value: unknown, marks: unknown): unknown {
  if (marks === true) return UNKNOWN;
  if (typeof marks !== 'object' || marks === null) return value;
  const holder = value ?? (Array.isArray(marks) ? [] : {});
  if (Array.isArray(holder)) {
    return Array.from({ length: Math.max(holder.length, Object.keys(marks).length) }, (_, index) =>
      withUnknown(holder[index], (marks as Record<number, unknown>)[index]),
    );
  }
  if (typeof holder !== 'object') return value;
  const names = new Set([...Object.keys(holder), ...Object.keys(marks)]);
  return Object.fromEntries(
    [...names].map((name) => [name, withUnknown((holder as Values)[name], (marks as Values)[name])]),
  );
}
