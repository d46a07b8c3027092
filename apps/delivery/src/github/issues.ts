/** Maintains one open issue per label, for a problem that lasts until somebody fixes it. */
import type { Connection } from './connection.ts';
import { fit, LONGEST_COMMENT } from './fit.ts';

/**
 * @param body the text of the issue; undefined to close the open issue
 * @returns GitHub's number of the issue that was opened, updated or closed; undefined if there is no such issue
 */
export function keepIssue(
  connection: Connection,
  label: string,
  title: string,
  body: string | undefined,
): Promise<number | undefined> {
  return connection.ask({ doing: `keep the issue "${title}"`, permission: 'issues: write' }, async (octokit, where) => {
    const found = await octokit.paginate(octokit.rest.issues.listForRepo, {
      ...where,
      labels: label,
      state: 'open',
      sort: 'created',
      direction: 'asc',
      per_page: 100,
    });
    // GitHub's list of issues also contains pull requests.
    const [kept, ...surplus] = found.filter(({ pull_request }) => pull_request === undefined);
    const close = body === undefined ? [kept, ...surplus] : surplus;
    for (const issue of close) {
      if (issue === undefined) continue;
      await octokit.rest.issues.update({
        ...where,
        issue_number: issue.number,
        state: 'closed',
        state_reason: 'completed',
      });
    }
    if (body === undefined) return kept?.number;

    const text = fit(body, LONGEST_COMMENT);
    if (kept === undefined) {
      const { data } = await octokit.rest.issues.create({ ...where, title, body: text, labels: [label] });
      return data.number;
    }
    if (kept.title !== title || kept.body !== text) {
      await octokit.rest.issues.update({ ...where, issue_number: kept.number, title, body: text });
    }
    return kept.number;
  });
}
