import type { Connection } from './connection.ts';

export interface Approval {
  /** The GitHub environment for which the run was approved. */
  readonly environment: string;
  readonly user: string;
}

/**
 * Returns who approved the deployments of a workflow run. `deploy` and `rollback` read the approvals themselves. The
 * success of an approval job proves nothing, because the job also succeeds if its environment has no required
 * reviewers.
 */
export function approvals(connection: Connection, runId: string): Promise<Approval[]> {
  return connection.ask(
    { doing: `read the approvals of run ${runId}`, permission: 'actions: read' },
    async (octokit, where) => {
      const { data } = await octokit.rest.actions.getReviewsForRun({ ...where, run_id: Number(runId) });
      return data
        .filter(({ state }) => state === 'approved')
        .flatMap(({ environments, user }) =>
          environments.map(({ name }) => ({ environment: name ?? '', user: user.login })),
        );
    },
  );
}
