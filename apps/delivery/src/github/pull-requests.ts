import type { Connection } from './connection.ts';

export interface MergedPullRequest {
  readonly number: number;
  /** The reviewed commit: the last commit of the branch at the time of the merge. */
  readonly head: string;
  readonly title: string;
}

/** Returns the pull request whose merge created this commit of the default branch, or undefined for a direct push. */
export function pullRequestOf(connection: Connection, commit: string): Promise<MergedPullRequest | undefined> {
  return connection.ask(
    { doing: `find the pull request of ${commit}`, permission: 'pull-requests: read' },
    async (octokit, where) => {
      const candidates = await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
        ...where,
        commit_sha: commit,
        per_page: 100,
      });
      // GitHub also returns open pull requests that contain the commit, and pull requests into other branches. Only the
      // pull request whose merge created the commit counts.
      const merged = candidates.find(
        ({ merged_at, merge_commit_sha, base }) =>
          merged_at !== null && merge_commit_sha === commit && base.ref === base.repo.default_branch,
      );
      return merged && { number: merged.number, head: merged.head.sha, title: merged.title };
    },
  );
}
