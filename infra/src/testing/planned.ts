/** Plans as tests write them: one change after the other, in Terraform's own form. */
import { type Exemption, type Judgement, judgePlan, type RuleName } from '../review/index.ts';
import type { Action, Plan, ResourceChange } from '../terraform/index.ts';

export type Values = Readonly<Record<string, unknown>>;

/** What else a change says. */
export interface Extra {
  readonly name?: string;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly string[])[];
}

/** The account that the plans are for. */
export const ACCOUNT = '111122223333';

/** Any change of one resource. */
export function resource(
  actions: Action[],
  type: string,
  before: Values | null,
  after: Values | null,
  extra: Extra = {},
): ResourceChange {
  const { name = 'it', ...marks } = extra;
  const change = { actions, before, after, after_unknown: {}, ...marks };
  return { address: `${type}.${name}`, mode: 'managed', type, name, change } satisfies ResourceChange;
}

export const created = (type: string, after: Values, extra?: Extra) => resource(['create'], type, null, after, extra);
export const updated = (type: string, before: Values, after: Values, extra?: Extra) =>
  resource(['update'], type, before, after, extra);
export const replaced = (type: string, before: Values, after: Values, extra?: Extra) =>
  resource(['delete', 'create'], type, before, after, extra);
export const destroyed = (type: string, before: Values, extra?: Extra) =>
  resource(['delete'], type, before, null, extra);
export const kept = (type: string, values: Values, extra?: Extra) => resource(['no-op'], type, values, values, extra);

export const planOf = (...resource_changes: ResourceChange[]): Plan => ({ errored: false, resource_changes });

/** The policy's judgement of a plan of dev's store. */
export const judged = (plan: Plan, exemptions: Exemption[] = []): Judgement =>
  judgePlan(plan, { stack: 'dev-store', accountId: ACCOUNT, exemptions });

/** The rules that these changes break together. */
export const brokenBy = (...changes: ResourceChange[]): RuleName[] => [
  ...new Set(judged(planOf(...changes)).violations.map(({ rule }) => rule)),
];
