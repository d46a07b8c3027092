/** Explains failed GitHub requests: which may be retried, and how to fix the others. */
import { RequestError } from '@octokit/request-error';
import { GitHubError } from './github-error.ts';

/** A description of the request, for error messages. */
export interface Question {
  /** The text after "GitHub did not let us". */
  readonly doing: string;
  /** The required permission: as in `permissions` of a workflow job, or as GitHub's settings name it for a personal token. */
  readonly permission: string;
  /** The kind of token, for the remedy. Default: a workflow's token. */
  readonly asker?: 'workflow' | 'person';
}

/** After a secondary rate limit without a given time, GitHub requires a pause of at least a minute. */
const QUIET_MS = 60_000;

const isLimit = ({ status, message, response }: RequestError): boolean =>
  status === 429 || (status === 403 && (/rate limit/i.test(message) || response?.headers['retry-after'] !== undefined));

/** Returns whether a retry may help: GitHub or the network had a temporary problem. */
export function isPassing(error: unknown): boolean {
  return error instanceof RequestError && (error.status >= 500 || isLimit(error));
}

/** Returns the pause in milliseconds that GitHub requests; undefined if it requests none. */
export function pauseAskedFor(error: unknown): number | undefined {
  if (!(error instanceof RequestError) || !isLimit(error)) return undefined;
  const headers = error.response?.headers ?? {};
  if (headers['retry-after'] !== undefined) return Number(headers['retry-after']) * 1000;
  if (headers['x-ratelimit-remaining'] !== '0') return QUIET_MS;
  return Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - Date.now());
}

/** Returns an error with a remedy. Errors that do not come from GitHub are returned unchanged. */
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
    return `wait ${Math.ceil((pauseAskedFor(error) ?? QUIET_MS) / 60_000)} min, then run it again: nothing is done twice`;
  }
  if (error.status >= 500) return 'look at githubstatus.com and run it again: nothing is done twice';
  switch (error.status) {
    case 401:
      return 'give it a token that is valid: in a workflow `github.token`, which ends with its job; elsewhere one of yours';
    case 403:
      if (asker === 'person') return personalTokenFor(permission);
      return `let the token do it: in a workflow the job's permissions need \`${permission}\``;
    case 404:
      if (asker === 'person') {
        return `check \`repository.name\` in infra/src/environments.ts; if ${repository} is right, ${personalTokenFor(permission)}`;
      }
      return `check that ${repository} (GITHUB_REPOSITORY) has it and that the token may see it (\`${permission}\`)`;
    default:
      return "read GitHub's answer: the request itself is at fault";
  }
}

const personalTokenFor = (permission: string): string =>
  `use the token of an administrator of the repository: one of \`gh auth login\` or a classic one with the scope \`repo\`, or a fine-grained one with ${permission}`;
