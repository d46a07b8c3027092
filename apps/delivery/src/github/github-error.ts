/** Thrown if a request to GitHub failed. The message contains the request, the response and a remedy. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';

  /** @param problem the failed request and the answer @param remedy the instruction that fixes the problem */
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem}\n  What to do: ${remedy}`, options);
  }
}
