/** Writes one comment per pull request and marker, and later updates the same comment. */
import { RequestError } from '@octokit/request-error';
import type { Octokit } from '@octokit/rest';
import type { Connection } from './connection.ts';
import { fit, LONGEST_COMMENT } from './fit.ts';

/** The author of comments that a workflow writes with `github.token`. */
const WORKFLOW = 'github-actions[bot]';

/** Returns the first line of the comment, which GitHub does not render. */
const markerLine = (marker: string): string => `<!-- centflow: ${marker} -->`;

export function comment(connection: Connection, pullRequest: number, marker: string, body: string): Promise<void> {
  return connection.ask(
    { doing: `comment on pull request ${pullRequest}`, permission: 'pull-requests: write' },
    async (octokit, where) => {
      const text = fit(`${markerLine(marker)}\n${body}`, LONGEST_COMMENT);
      const [author, comments] = await Promise.all([
        ourLogin(octokit),
        octokit.paginate(octokit.rest.issues.listComments, { ...where, issue_number: pullRequest, per_page: 100 }),
      ]);
      // Anybody can write the marker into a comment, so consider only comments of our own user.
      const ours = comments.find(
        (found) => found.user?.login === author && found.body?.split(/\r?\n/, 1)[0] === markerLine(marker),
      );
      if (ours === undefined) {
        await octokit.rest.issues.createComment({ ...where, issue_number: pullRequest, body: text });
      } else if (ours.body !== text) {
        await octokit.rest.issues.updateComment({ ...where, comment_id: ours.id, body: text });
      }
    },
  );
}

/** Returns the user of the token. GitHub answers 403 if the token belongs to a workflow. */
async function ourLogin(octokit: Octokit): Promise<string> {
  try {
    return (await octokit.rest.users.getAuthenticated()).data.login;
  } catch (error) {
    if (error instanceof RequestError && error.status === 403 && /integration/.test(error.message)) return WORKFLOW;
    throw error;
  }
}
