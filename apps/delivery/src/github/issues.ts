/** One open issue per label, for what stays true until somebody does something about it. */
import type { Connection } from './connection.ts';
import { fit, LONGEST_COMMENT } from './fit.ts';

/**
 * @param body undefined where there is nothing to say any more: what is open is closed
 * @returns the issue that is open now or was closed; undefined where there was nothing to do
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
    // GitHub lists pull requests as issues too.
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
