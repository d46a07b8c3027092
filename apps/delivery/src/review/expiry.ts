/** Compares the lifecycle rules of a bucket. S3 deletes objects automatically by these rules. */
import { readValue, type Values } from './reviewed-plan.ts';

/** The objects that each kind of expiry deletes. */
const kinds = {
  expiration: 'objects',
  noncurrent_version_expiration: 'overwritten and deleted versions',
} as const;

interface Expiry {
  /** The rule's id and the kind of expiry. Expiries with the same key are compared. */
  readonly key: string;
  /** A description such as `objects under raw/`. */
  readonly subject: string;
  readonly filter: string;
  readonly days: number;
}

/** Describes the objects that S3 would delete sooner than before. */
export function soonerExpiries(before: Values | null, after: Values | null): string[] {
  const previous = new Map(expiriesOf(before).map((expiry) => [expiry.key, expiry]));
  return expiriesOf(after).flatMap(({ key, subject, filter, days }) => {
    const was = previous.get(key);
    if (was === undefined) return [`${subject} expire after ${days} days, and did not expire before`];
    if (was.filter !== filter)
      return [`${subject} expire after ${days} days, but before the change only ${was.subject} expired`];
    return days < was.days ? [`${subject} expire after ${days} days instead of ${was.days} days`] : [];
  });
}

function expiriesOf(configuration: Values | null): Expiry[] {
  const rules = Array.isArray(configuration?.rule) ? (configuration.rule as Values[]) : [];
  return rules
    .filter(({ status }) => status === 'Enabled')
    .flatMap((rule) =>
      Object.entries(kinds).flatMap(([kind, what]) => {
        const days = readValue(rule, `${kind}.0.days`) ?? readValue(rule, `${kind}.0.noncurrent_days`);
        if (typeof days !== 'number' || days === 0) return [];
        const prefix = readValue(rule, 'filter.0.prefix') ?? rule.prefix;
        const subject = typeof prefix === 'string' && prefix !== '' ? `${what} under ${prefix}` : what;
        return [
          { key: `${rule.id} ${kind}`, subject, filter: JSON.stringify(rule.filter ?? rule.prefix ?? null), days },
        ];
      }),
    );
}
