/** GitHub's answers other than yes: which pass by themselves, and what to do about the others. */
import { RequestError } from '@octokit/request-error';
import { GitHubError } from './github-error.ts';

/** What was asked, for the message. */
export interface Question {
  /** Follows "GitHub did not let us". */
  readonly doing: string;
  /** What the token needs for it: of a workflow's job as `permissions` has it, of a person's as GitHub's settings name it. */
  readonly permission: string;
  /** Whose token it is, for the remedy; a workflow's by default. */
  readonly asker?: 'workflow' | 'person';
}

/** After a secondary limit GitHub wants at least a minute of quiet where it names no time. */
const QUIET_MS = 60_000;

const isLimit = ({ status, message, response }: RequestError): boolean =>
  status === 429 || (status === 403 && (/rate limit/i.test(message) || response?.headers['retry-after'] !== undefined));

/** Whether the same question may be answered better in a moment: trouble at GitHub's, or on the way there. */
export function isPassing(error: unknown): boolean {
  return error instanceof RequestError && (error.status >= 500 || isLimit(error));
}

/** How long GitHub wants to be left alone, in milliseconds; undefined where it does not say. */
export function pauseAskedFor(error: unknown): number | undefined {
  if (!(error instanceof RequestError) || !isLimit(error)) return undefined;
  const headers = error.response?.headers ?? {};
  if (headers['retry-after'] !== undefined) return Number(headers['retry-after']) * 1000;
  if (headers['x-ratelimit-remaining'] !== '0') return QUIET_MS;
  return Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - Date.now());
}

/** The same error with what to do about it; what is no answer of GitHub's comes back as it is. */
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
