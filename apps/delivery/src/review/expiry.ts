/** When S3 deletes objects by itself: what a bucket's lifecycle says. */
import { at, type Values } from './reviewed-plan.ts';

/** What each kind of expiry takes away. */
const kinds = {
  expiration: 'objects',
  noncurrent_version_expiration: 'overwritten and deleted versions',
} as const;

interface Expiry {
  /** The rule's id with the kind: what is compared with what. */
  readonly key: string;
  /** `objects under raw/`. */
  readonly of: string;
  readonly filter: string;
  readonly days: number;
}

/** What would be deleted sooner than before, in words. */
export function soonerExpiries(before: Values | null, after: Values | null): string[] {
  const were = new Map(expiriesOf(before).map((expiry) => [expiry.key, expiry]));
  return expiriesOf(after).flatMap(({ key, of, filter, days }) => {
    const was = were.get(key);
    if (was === undefined) return [`${of} expire after ${days} days, and did not before`];
    if (was.filter !== filter) return [`${of} expire after ${days} days, and before that ${was.of} did`];
    return days < was.days ? [`${of} expire after ${days} days, and after ${was.days} before`] : [];
  });
}

function expiriesOf(configuration: Values | null): Expiry[] {
  const rules = Array.isArray(configuration?.rule) ? (configuration.rule as Values[]) : [];
  return rules
    .filter(({ status }) => status === 'Enabled')
    .flatMap((rule) =>
      Object.entries(kinds).flatMap(([kind, what]) => {
        const days = at(rule, `${kind}.0.days`) ?? at(rule, `${kind}.0.noncurrent_days`);
        if (typeof days !== 'number' || days === 0) return [];
        const prefix = at(rule, 'filter.0.prefix') ?? rule.prefix;
        const of = typeof prefix === 'string' && prefix !== '' ? `${what} under ${prefix}` : what;
        return [{ key: `${rule.id} ${kind}`, of, filter: JSON.stringify(rule.filter ?? rule.prefix ?? null), days }];
      }),
    );
}
