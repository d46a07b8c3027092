/** A request to GitHub failed. The message contains the request, the response and a remedy. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';

  /**
   * @param problem what failed, and where
   * @param remedy what to do
   */
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem}\n  What to do: ${remedy}`, options);
  }
}
