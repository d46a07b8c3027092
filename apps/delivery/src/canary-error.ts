/** Thrown if the canary failed: the environment does not process uploads correctly. */
export class CanaryFailedError extends Error {
  override readonly name = 'CanaryFailedError';
}
