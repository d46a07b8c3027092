/** Writes release notes: the commits since the previous release. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Release } from './release.ts';

/** The largest number of commits in the notes. */
const MAX_COMMITS = 100;

/** Returns Markdown. Commit subjects are formatted as code, so that GitHub interprets no markup or mention in them. */
export async function releaseNotes(repository: string, { version, commit, digest }: Release): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', ['-C', repository, ...args])).stdout.trim();
  const tags = await git('tag', '--list', 'v[0-9]*', '--merged', `${commit}~1`, '--sort=-v:refname').catch(() => '');
  const before = tags.split('\n').find((tag) => tag !== '' && tag !== version);
  const range = before === undefined ? commit : `${before}..${commit}`;
  const subjects = (await git('log', '--first-parent', `--max-count=${MAX_COMMITS}`, '--format=%s', range)).split('\n');
  return [
    before === undefined ? 'The first release.' : `Since ${before}:`,
    subjects.map((subject) => `- \`${subject.replaceAll('`', "'")}\``).join('\n'),
    `Commit ${commit}. The digest of the release is \`${digest}\`. It is the same in dev, staging and production.`,
  ].join('\n\n');
}
