import type { Action, Plan, ResourceChange } from '@centflow/terraform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparePlans, PlanMovedError, refuseWhatMoved } from './compare.ts';

type Values = Readonly<Record<string, unknown>>;
interface Extra {
  readonly after_unknown?: unknown;
  readonly deposed?: string;
  readonly name?: string;
}

function change(actions: Action[], before: Values | null, after: Values | null, extra: Extra = {}): ResourceChange {
  const { after_unknown = {}, name = 'it', ...rest } = extra;
  const type = 'aws_thing';
  const shape = { actions, before, after, after_unknown };
  return { address: `${type}.${name}`, mode: 'managed', type, name, change: shape, ...rest } as ResourceChange;
}

const planOf = (...resource_changes: ResourceChange[]): Plan => ({ errored: false, resource_changes });
const updated = (before: Values, after: Values, extra?: Extra) => change(['update'], before, after, extra);
const created = (after: Values, extra?: Extra) => change(['create'], null, after, extra);
const replaced = (before: Values, after: Values, extra?: Extra) => change(['delete', 'create'], before, after, extra);
const destroyed = (before: Values, extra?: Extra) => change(['delete'], before, null, extra);

const unreviewed = (reviewed: Plan, made: Plan) => comparePlans(reviewed, made).unreviewed;

describe('comparePlans with a matching plan', () => {
  const raise = updated({ threshold: 1, latest: '10:00' }, { threshold: 2, latest: '10:00' });

  test.each<[string, ResourceChange[], ResourceChange[]]>([
    ['a plan with the same changes', [raise], [raise]],
    ['a plan without changes', [raise], []],
    [
      'a different current value in an attribute that the plan does not change',
      [raise],
      [updated({ threshold: 1, latest: '10:05' }, { threshold: 2, latest: '10:05' })],
    ],
    [
      'a known value that was unknown in the reviewed plan',
      [created({ name: 'a' }, { after_unknown: { role: true } })],
      [created({ name: 'a', role: 'arn:1' })],
    ],
    [
      'the rest of an update that was partly applied',
      [updated({ a: 1, b: 1 }, { a: 2, b: 2 })],
      [updated({ a: 2, b: 1 }, { a: 2, b: 2 })],
    ],
    [
      'the creation that completes a replacement',
      [replaced({ code: 'old' }, { code: 'new' })],
      [created({ code: 'new' })],
    ],
    [
      'the destruction of the old resource that completes a replacement',
      [replaced({ code: 'old' }, { code: 'new' })],
      [destroyed({ code: 'old' }, { deposed: '0a1b2c3d' })],
    ],
    [
      'the replacement of a resource whose creation was not completed',
      [created({ n: 1 })],
      [replaced({ n: 1 }, { n: 1 })],
    ],
    [
      'a missing property that was null in the reviewed plan',
      [created({ name: 'a', note: null })],
      [created({ name: 'a' })],
    ],
  ])('accepts %s', (_, reviewed, made) => {
    expect(unreviewed(planOf(...reviewed), planOf(...made))).toEqual([]);
  });

  test('accepts a plan without changes that are already applied, and returns these changes', () => {
    const reviewed = planOf(raise, created({ n: 1 }, { name: 'other' }));
    expect(refuseWhatMoved('dev-watch', reviewed, planOf(raise))).toEqual(['aws_thing.other']);
  });
});

describe('comparePlans with an unreviewed change', () => {
  test.each<[string, ResourceChange[], ResourceChange[], string]>([
    ['a plan with an additional change', [], [created({ n: 1 })], 'aws_thing.it (create) was not in the reviewed plan'],
    [
      'a different new value',
      [updated({ n: 1 }, { n: 2 })],
      [updated({ n: 1 }, { n: 3 })],
      'aws_thing.it (update) differs in n',
    ],
    [
      'another old value, because somebody has changed the resource since the review',
      [updated({ n: 1 }, { n: 2 })],
      [updated({ n: 7 }, { n: 2 })],
      'aws_thing.it (update) differs in n',
    ],
    [
      'a change of an additional attribute',
      [updated({ n: 1, m: 1 }, { n: 2, m: 1 })],
      [updated({ n: 1, m: 9 }, { n: 2, m: 1 })],
      'aws_thing.it (update) differs in m',
    ],
    [
      'a replacement that was reviewed as an update',
      [updated({ n: 1 }, { n: 2 })],
      [replaced({ n: 1 }, { n: 2 })],
      'aws_thing.it (replace) was reviewed as: update',
    ],
    [
      'the destruction of a resource that was reviewed as a replacement',
      [replaced({ n: 1 }, { n: 2 })],
      [destroyed({ n: 1 })],
      'aws_thing.it (delete) was reviewed as: replace',
    ],
    [
      'an unknown value that was known in the reviewed plan',
      [created({ role: 'arn:1' })],
      [created({}, { after_unknown: { role: true } })],
      'aws_thing.it (create) differs in role',
    ],
    [
      'a different value inside a list',
      [created({ rules: [{ days: 30 }, { days: 90 }] })],
      [created({ rules: [{ days: 30 }, { days: 9 }] })],
      'aws_thing.it (create) differs in rules',
    ],
  ])('refuses %s', (_, reviewed, made, said) => {
    expect(unreviewed(planOf(...reviewed), planOf(...made))).toEqual([said]);
  });

  test('refuses an unreviewed change with an error that names the change and the remedy, but no values', () => {
    const made = planOf(updated({ password: 'old-secret' }, { password: 'new-secret' }));
    const refused = () => refuseWhatMoved('dev-load', planOf(), made);
    expect(refused).toThrow(PlanMovedError);
    expect(refused).toThrow(
      /The plan of dev-load differs from the reviewed plan.*aws_thing\.it \(update\).*None of these changes was applied/s,
    );
    expect(refused).not.toThrow(/secret/);
  });
});

const value = fc.jsonValue({ maxDepth: 2 });
const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), value, { minKeys: 1, maxKeys: 4 });

test('comparePlans accepts every plan that equals the reviewed plan', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(values, values), { maxLength: 4 }), (pairs) => {
      const plan = planOf(...pairs.map(([before, after], index) => updated(before, after, { name: `it${index}` })));
      expect(unreviewed(plan, plan)).toEqual([]);
    }),
  );
});

test('comparePlans refuses a created resource with any value that differs from the reviewed value', () => {
  fc.assert(
    fc.property(values, value, (after, other) => {
      const [name] = Object.keys(after) as [string];
      fc.pre(JSON.stringify(after[name] ?? null) !== JSON.stringify(other ?? null));
      fc.pre(!equalUpToNulls(after[name], other));
      expect(unreviewed(planOf(created(after)), planOf(created({ ...after, [name]: other })))).toHaveLength(1);
    }),
  );
});

/** Returns whether Terraform treats two values as equal: a null property equals a missing one. */
function equalUpToNulls(one: unknown, other: unknown): boolean {
  const without = (_: string, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(
          Object.entries(held)
            .filter(([, inner]) => inner !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : Object.is(held, -0)
        ? 0
        : held;
  return JSON.stringify(one ?? null, without) === JSON.stringify(other ?? null, without);
}
