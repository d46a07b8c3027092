/** What an account still has after everything was destroyed. */
import type { Inventory } from './account.ts';

interface Staying {
  /** The emulator's store and the key in it, as `store: key`. */
  readonly what: RegExp;
  readonly reason: string;
}

const staying: readonly Staying[] = [
  { what: /^ec2\.\w+: \S+-0000000\d$/, reason: 'The network that every account has.' },
  { what: /^eventbridge\._event_buses: \S+\/default$/, reason: 'The bus that every account has.' },
  { what: /^kms\._keys: /, reason: 'KMS deletes a key some days later; until then it waits.' },
  { what: /^cloudwatch\._(metrics|alarm_history): /, reason: 'CloudWatch keeps what it has measured for 15 months.' },
  { what: /^eventbridge\._events_log: /, reason: "The emulator's own history." },
  { what: /^s3\._completed_multipart_uploads: /, reason: "The emulator's own history." },
  {
    what: /^cognito\._challenge_sessions: /,
    reason: 'A challenge of a sign-in by SRP answers until it expires, minutes later; it is no resource.',
  },
  { what: /^(ec2|cloudfront)\._tags: /, reason: 'The emulator keeps the tags of what is gone.' },
  {
    what: /^apigateway\._authorizers: /,
    reason: 'The emulator keeps an empty list of authorizers for an API that is gone.',
  },
];

/** What is there now and was not before, as `store: key`. */
export function leftovers(before: Inventory, after: Inventory): string[] {
  return Object.entries(after)
    .flatMap(([store, keys]) => keys.filter((key) => !before[store]?.includes(key)).map((key) => `${store}: ${key}`))
    .filter((left) => !staying.some(({ what }) => what.test(left)));
}
