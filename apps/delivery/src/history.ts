import Table from 'cli-table3';
import type { DeploymentRecord } from './deploy/deployments.ts';

/** An environment's deployments, the newest first, as people read them. */
export function historyOf(records: readonly DeploymentRecord[]): string {
  if (records.length === 0) return 'Nothing was deployed yet.';
  const table = new Table({
    head: ['at', 'what', 'version', 'commit', 'by', 'because of', 'outcome', 'canary'],
    style: { head: [], border: [], compact: true },
  });
  for (const { startedAt, kind, version, commit, by, pullRequest, breakGlass, outcome, canary } of records) {
    const because = breakGlass ?? (pullRequest === undefined ? '' : `pull request ${pullRequest}`);
    const passed = canary === undefined ? '' : canary.passed ? `passed, ${canary.seconds.toFixed(0)} s` : 'failed';
    table.push([startedAt, kind, version, commit.slice(0, 12), by, because, outcome, passed]);
  }
  return table.toString();
}
