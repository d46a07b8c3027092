/** What a release brings: the commits since the one before it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Release } from './release.ts';

/** More would be no notes any more. */
const MOST = 100;

/** Markdown; the subjects are as code, in which nothing of them is markup or a mention. */
export async function releaseNotes(repository: string, { version, commit, digest }: Release): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', ['-C', repository, ...args])).stdout.trim();
  const tags = await git('tag', '--list', 'v[0-9]*', '--merged', `${commit}~1`, '--sort=-v:refname').catch(() => '');
  const before = tags.split('\n').find((tag) => tag !== '' && tag !== version);
  const range = before === undefined ? commit : `${before}..${commit}`;
  const subjects = (await git('log', '--first-parent', `--max-count=${MOST}`, '--format=%s', range)).split('\n');
  return [
    before === undefined ? 'The first release.' : `Since ${before}:`,
    subjects.map((subject) => `- \`${subject.replaceAll('`', "'")}\``).join('\n'),
    `Commit ${commit}. The digest of the release is \`${digest}\`: what dev, staging and production have got.`,
  ].join('\n\n');
}
