/** The errors of `accept`. This file imports nothing, because the AWS clients of the checks are slow to load. */

/** Thrown if at least one check failed. */
export class NotAcceptedError extends Error {
  override readonly name = 'NotAcceptedError';
}

/**
 * Thrown if the environment cannot be checked because a deployment step is missing. The message names the step and its
 * command.
 */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}
