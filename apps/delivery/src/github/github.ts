/** The GitHub operations of the delivery. Every method first reads the current state, so it can be repeated safely. */
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
   * @param env contains GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN, as in Actions
   * @throws {GitHubError} a variable is missing. The message names the variable.
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): GitHub {
    return new GitHub(Connection.fromEnvironment(env));
  }

  /** Returns the pull request whose merge created this commit. */
  pullRequestOf(commit: string): Promise<MergedPullRequest | undefined> {
    return pullRequestOf(this.#connection, commit);
  }

  /** Creates or updates our comment with this marker. Never changes comments of other users. */
  comment(pullRequest: number, marker: string, body: string): Promise<void> {
    return comment(this.#connection, pullRequest, marker, body);
  }

  /** Returns the approvals of a workflow run. */
  approvals(runId: string): Promise<Approval[]> {
    return approvals(this.#connection, runId);
  }

  /** Creates or updates the open issue with this label. Closes the issue if `body` is undefined. */
  keepIssue(label: string, title: string, body: string | undefined): Promise<number | undefined> {
    return keepIssue(this.#connection, label, title, body);
  }

  /** Returns the settings of the repository. @param branch the branch whose protection is read */
  settings(branch: string): Promise<RepositorySettings> {
    return settings(this.#connection, branch);
  }

  /** @returns the URL of the release page */
  publishRelease(release: ReleaseToPublish): Promise<string> {
    return publishRelease(this.#connection, release);
  }
}
