/** The errors of `accept`. They are in their own file because the clients of the checks are slow to load. */

/** A check failed. */
export class NotAcceptedError extends Error {
  override readonly name = 'NotAcceptedError';
}

/** An earlier step is missing, so that the environment cannot be checked. The message names the step and its command. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}
