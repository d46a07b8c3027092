import Table from 'cli-table3';
import type { DeploymentRecord } from './deploy/deployments.ts';

/** Returns a table of an environment's deployments, newest first. */
export function historyOf(records: readonly DeploymentRecord[]): string {
  if (records.length === 0) return 'Nothing has been deployed yet.';
  const table = new Table({
    head: ['started', 'kind', 'version', 'commit', 'by', 'reason', 'outcome', 'canary'],
    style: { head: [], border: [], compact: true },
  });
  for (const { startedAt, kind, version, commit, by, pullRequest, breakGlass, outcome, canary } of records) {
    const because = breakGlass ?? (pullRequest === undefined ? '' : `pull request ${pullRequest}`);
    const passed = canary === undefined ? '' : canary.passed ? `passed, ${canary.seconds.toFixed(0)} s` : 'failed';
    table.push([startedAt, kind, version, commit.slice(0, 12), by, because, outcome, passed]);
  }
  return table.toString();
}
