/** Finds the resources that still exist in an account after everything was destroyed. */
import type { Inventory } from './account.ts';

interface ExpectedLeftover {
  /** Matches a resource in the form `store: key`, with the name of the emulator's store and the key in the store. */
  readonly pattern: RegExp;
  readonly reason: string;
}

const expectedLeftovers: readonly ExpectedLeftover[] = [
  { pattern: /^ec2\.\w+: \S+-0000000\d$/, reason: 'Every account has a default network.' },
  { pattern: /^eventbridge\._event_buses: \S+\/default$/, reason: 'Every account has a default event bus.' },
  { pattern: /^kms\._keys: /, reason: 'KMS deletes a key only after a waiting period of several days.' },
  {
    pattern: /^cloudwatch\._(metrics|alarm_history): /,
    reason: 'CloudWatch keeps metrics for 15 months.',
  },
  { pattern: /^eventbridge\._events_log: /, reason: "The emulator's own history." },
  { pattern: /^s3\._completed_multipart_uploads: /, reason: "The emulator's own history." },
  {
    pattern: /^cognito\._challenge_sessions: /,
    reason: 'The challenge of an SRP sign-in exists until it expires after some minutes. It is not a resource.',
  },
  { pattern: /^(ec2|cloudfront)\._tags: /, reason: 'The emulator keeps the tags of deleted resources.' },
  {
    pattern: /^apigateway\._authorizers: /,
    reason: 'The emulator keeps an empty list of authorizers for a deleted API.',
  },
];

/** Returns the resources that exist now and did not exist before, as `store: key`, without the expected ones. */
export function findLeftovers(before: Inventory, after: Inventory): string[] {
  return Object.entries(after)
    .flatMap(([store, keys]) => keys.filter((key) => !before[store]?.includes(key)).map((key) => `${store}: ${key}`))
    .filter((leftover) => !expectedLeftovers.some(({ pattern }) => pattern.test(leftover)));
}
