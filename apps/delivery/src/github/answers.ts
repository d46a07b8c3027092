/** Decides which failed GitHub requests are retried, and describes the remedy for the others. */
import { RequestError } from '@octokit/request-error';
import { GitHubError } from './github-error.ts';

/** A description of the request, for error messages. */
export interface Question {
  /** A verb phrase that completes the message "GitHub did not let us …". */
  readonly doing: string;
  /**
   * The required permission, in the notation of a workflow's `permissions` or of GitHub's settings for personal tokens.
   */
  readonly permission: string;
  /** The kind of token, which the remedy depends on. The default is a workflow's token. */
  readonly asker?: 'workflow' | 'person';
}

/** The pause after a secondary rate limit without a stated time, in milliseconds. GitHub requires at least a minute. */
const QUIET_MS = 60_000;

const isLimit = ({ status, message, response }: RequestError): boolean =>
  status === 429 || (status === 403 && (/rate limit/i.test(message) || response?.headers['retry-after'] !== undefined));

/** Returns whether a retry may help, because GitHub or the network had a temporary problem. */
export function isPassing(error: unknown): boolean {
  return error instanceof RequestError && (error.status >= 500 || isLimit(error));
}

/** Returns the pause in milliseconds that GitHub requires before a retry, or undefined if it requires none. */
export function pauseAskedFor(error: unknown): number | undefined {
  if (!(error instanceof RequestError) || !isLimit(error)) return undefined;
  const headers = error.response?.headers ?? {};
  if (headers['retry-after'] !== undefined) return Number(headers['retry-after']) * 1000;
  if (headers['x-ratelimit-remaining'] !== '0') return QUIET_MS;
  return Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - Date.now());
}

/** Returns a GitHubError with a remedy. Returns errors of other origins unchanged. */
export function explain(error: unknown, question: Question, repository: string): unknown {
  if (!(error instanceof RequestError)) return error;
  const { status, message, request, response } = error;
  const answer = response === undefined ? `${message} (no answer)` : `${status} ${message}`;
  const asked = `${request.method} ${new URL(request.url).pathname}`;
  return new GitHubError(
    `GitHub did not let us ${question.doing} in ${repository}: ${answer} to ${asked}`,
    remedyFor(error, question, repository),
    { cause: error },
  );
}

function remedyFor(error: RequestError, { permission, asker = 'workflow' }: Question, repository: string): string {
  if (isLimit(error)) {
    return `wait ${Math.ceil((pauseAskedFor(error) ?? QUIET_MS) / 60_000)} min, then run the command again. It repeats no completed step`;
  }
  if (error.status >= 500) return 'check githubstatus.com and run the command again. It repeats no completed step';
  switch (error.status) {
    case 401:
      return 'set GITHUB_TOKEN to a valid token. In a workflow, use `github.token`, which is valid until the job ends. On your machine, use a personal token';
    case 403:
      if (asker === 'person') return personalTokenFor(permission);
      return `use a token with the permission \`${permission}\`. In a workflow, add it to the \`permissions\` of the job`;
    case 404:
      if (asker === 'person') {
        return `check \`repository.name\` in infra/src/environments.ts. If ${repository} is right, ${personalTokenFor(permission)}`;
      }
      return `check that it exists in ${repository} (GITHUB_REPOSITORY) and that the token has the permission \`${permission}\``;
    default:
      return "read GitHub's answer above, because the request itself is not valid";
  }
}

const personalTokenFor = (permission: string): string =>
  `use the token of an administrator of the repository: the token of \`gh auth login\`, a classic token with the scope \`repo\`, or a fine-grained token with ${permission}`;
