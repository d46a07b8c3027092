/** How `accept` fails as a whole; apart from the checks, whose clients take their time to load. */

/** A check failed. */
export class NotAcceptedError extends Error {
  override readonly name = 'NotAcceptedError';
}

/** The environment cannot be checked: a step before is missing. The message names the step and its command. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}
