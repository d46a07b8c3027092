/** What the delivery asks of GitHub. Every method may be repeated: it looks first at what is there. */
import { type Approval, approvals } from './approvals.ts';
import { comment } from './comments.ts';
import { Connection } from './connection.ts';
import { keepIssue } from './issues.ts';
import { type MergedPullRequest, pullRequestOf } from './pull-requests.ts';
import { publishRelease, type ReleaseToPublish } from './releases.ts';
import { type RepositorySettings, settings } from './settings.ts';

export type { Approval } from './approvals.ts';
export { GitHubError } from './github-error.ts';
export type { MergedPullRequest } from './pull-requests.ts';
export type { ReleaseToPublish } from './releases.ts';

export class GitHub {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * @param env GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN, as Actions has them
   * @throws {GitHubError} that names the variable which is missing
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): GitHub {
    return new GitHub(Connection.fromEnvironment(env));
  }

  /** The pull request whose merge made this commit. */
  pullRequestOf(commit: string): Promise<MergedPullRequest | undefined> {
    return pullRequestOf(this.#connection, commit);
  }

  /** Writes our comment with this marker, or writes it anew. What others wrote is never touched. */
  comment(pullRequest: number, marker: string, body: string): Promise<void> {
    return comment(this.#connection, pullRequest, marker, body);
  }

  /** Who approved what in a workflow run. */
  approvals(runId: string): Promise<Approval[]> {
    return approvals(this.#connection, runId);
  }

  /** Keeps one open issue with this label; closes it where there is no body. */
  keepIssue(label: string, title: string, body: string | undefined): Promise<number | undefined> {
    return keepIssue(this.#connection, label, title, body);
  }

  /** How a person set the repository up. @param branch the one whose protection is read */
  settings(branch: string): Promise<RepositorySettings> {
    return settings(this.#connection, branch);
  }

  /** @returns the page of the release */
  publishRelease(release: ReleaseToPublish): Promise<string> {
    return publishRelease(this.#connection, release);
  }
}
