/** The canary did not come through: the environment does not do its work. */
export class CanaryFailedError extends Error {
  override readonly name = 'CanaryFailedError';
}
