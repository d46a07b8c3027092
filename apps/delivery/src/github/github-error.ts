/** What went wrong between a command and GitHub: the message says what was asked, what the answer was and what to do. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';

  /**
   * @param problem what was wrong and where
   * @param remedy what to do about it
   */
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem}\n  What to do: ${remedy}`, options);
  }
}
