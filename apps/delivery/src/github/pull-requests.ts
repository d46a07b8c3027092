import type { Connection } from './connection.ts';

export interface MergedPullRequest {
  readonly number: number;
  /** The commit that was reviewed: the last one of its branch when it was merged. */
  readonly head: string;
  readonly title: string;
}

/** The pull request whose merge made this commit of the default branch; undefined for a commit that was pushed there. */
export function pullRequestOf(connection: Connection, commit: string): Promise<MergedPullRequest | undefined> {
  return connection.ask(
    { doing: `find the pull request of ${commit}`, permission: 'pull-requests: read' },
    async (octokit, where) => {
      const candidates = await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, {
        ...where,
        commit_sha: commit,
        per_page: 100,
      });
      // GitHub also names open pull requests that contain the commit, and ones that were merged into other branches.
      const merged = candidates.find(
        ({ merged_at, merge_commit_sha, base }) =>
          merged_at !== null && merge_commit_sha === commit && base.ref === base.repo.default_branch,
      );
      return merged && { number: merged.number, head: merged.head.sha, title: merged.title };
    },
  );
}
