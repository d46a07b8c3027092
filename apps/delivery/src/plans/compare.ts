/**
 * Compares the plan that is about to be applied with the reviewed plan, change by change.
 *
 * Only changed attributes are compared. Unchanged attributes may differ between two plans, such as RDS's latest
 * restorable time. Any other drift appears as a separate change.
 */
import { isDeepStrictEqual } from 'node:util';
import { changesOf, type Plan, type ResourceChange } from '@centflow/terraform';

/** Thrown if the plan that would be applied differs from the reviewed plan. */
export class PlanMovedError extends Error {
  override readonly name = 'PlanMovedError';
}

export interface Comparison {
  /** Descriptions of the unreviewed changes. They contain no values, because some may be secret. */
  readonly unreviewed: readonly string[];
  /** Addresses of reviewed changes that are already applied, for example by an apply that stopped half-way. */
  readonly done: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/** Represents a value that is known only after the apply. */
const UNKNOWN = Symbol('known after the apply');

type Actions = 'create' | 'update' | 'delete' | 'replace' | 'forget';

/** Compares a new plan with the reviewed one. */
export function comparePlans(reviewed: Plan, made: Plan): Comparison {
  const known = new Map(listManaged(reviewed).map((change) => [keyOf(change), change]));
  const unreviewed = listManaged(made).flatMap((change) => {
    // An old object that a replacement has not deleted yet (`deposed`) is listed in addition to the resource.
    const was = known.get(keyOf(change)) ?? (change.deposed === undefined ? undefined : known.get(change.address));
    const difference = was === undefined ? 'was not in the reviewed plan' : differenceOf(was, change);
    return difference === undefined ? [] : [`${change.address} (${actionsOf(change)}) ${difference}`];
  });
  const left = new Set(listManaged(made).map(({ address }) => address));
  return {
    unreviewed,
    done: [...known.values()].map(({ address }) => address).filter((address) => !left.has(address)),
  };
}

/**
 * @throws {PlanMovedError} the new plan contains a change that was not reviewed.
 * @returns the addresses of reviewed changes that are already applied
 */
export function refuseWhatMoved(stack: string, reviewed: Plan, made: Plan): readonly string[] {
  const { unreviewed, done } = comparePlans(reviewed, made);
  if (unreviewed.length === 0) return done;
  throw new PlanMovedError(
    `The plan of ${stack} differs from the reviewed plan. Not reviewed:\n${unreviewed.map((line) => `  ${line}`).join('\n')}\n` +
      'None of these changes was applied. Update the pull request from main, let plan.yml plan it again, and review the new plan.',
  );
}

type Managed = ResourceChange & { readonly deposed?: string };

function listManaged(plan: Plan): Managed[] {
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

/** For each reviewed action: the actions that may remain after a partial apply. These actions need no new review. */
const rests: Readonly<Record<Actions, readonly Actions[]>> = {
  // Terraform replaces a resource whose creation did not finish.
  create: ['create', 'replace'],
  update: ['update'],
  delete: ['delete'],
  replace: ['replace', 'create', 'delete'],
  forget: ['forget'],
};

function differenceOf(reviewed: Managed, made: Managed): string | undefined {
  const [was, is] = [actionsOf(reviewed), actionsOf(made)];
  // A reviewed replacement allows the deletion of the old object, but not of the new one.
  const isRest = rests[was].includes(is) && !(was === 'replace' && is === 'delete' && made.deposed === undefined);
  if (!isRest) return `was reviewed as: ${was}`;
  if (is === 'delete' || is === 'forget') return undefined;
  const differing = was === 'update' ? differingUpdate(reviewed, made) : differingWhole(reviewed, made);
  return differing.length === 0 ? undefined : `differs in ${differing.sort().join(', ')}`;
}

/** Compares all attributes, for a resource that is created or replaced. */
function differingWhole(reviewed: Managed, made: Managed): string[] {
  const [was, is] = [planned(reviewed), planned(made)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => !fits(was.get(name), is.get(name)));
}

/**
 * Returns the attributes whose update differs from the reviewed update.
 *
 * The new value must equal the reviewed new value. The old value must equal the reviewed old value, unless the attribute
 * already has the new value.
 */
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

/** Returns whether a value equals the reviewed one. A value that was unknown at the review allows any value. */
function fits(reviewed: unknown, made: unknown): boolean {
  if (reviewed === UNKNOWN) return true;
  if (made === UNKNOWN) return false;
  // For Terraform, a missing value and null are the same.
  if (reviewed == null && made == null) return true;
  if (typeof reviewed !== 'object' || typeof made !== 'object' || reviewed === null || made === null) {
    return Object.is(reviewed, made);
  }
  if (Array.isArray(reviewed) !== Array.isArray(made)) return false;
  const names = new Set([...Object.keys(reviewed), ...Object.keys(made)]);
  return [...names].every((name) => fits((reviewed as Values)[name], (made as Values)[name]));
}

/** Returns the planned values by attribute. */
function planned({ change: { after, after_unknown } }: ResourceChange): Map<string, unknown> {
  const marks = (typeof after_unknown === 'object' && after_unknown !== null ? after_unknown : {}) as Values;
  const names = new Set([...Object.keys(after ?? {}), ...Object.keys(marks)]);
  return new Map([...names].map((name) => [name, withUnknown(after?.[name], marks[name])]));
}

/** Returns the value with UNKNOWN in place of each part that the plan marks as unknown. */
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
