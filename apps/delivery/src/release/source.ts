/** Which commit a release is of. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ReleaseError } from './release-error.ts';

const run = promisify(execFile);

/** What a release is called, and the commit it is made of. */
export interface Source {
  readonly version: string;
  readonly commit: string;
}

/** Files that an error names; there may be thousands. */
const NAMED_FILES = 10;

/**
 * The commit that is checked out, and its place on the way here.
 *
 * @throws {ReleaseError} the work tree holds something else than the commit, or git cannot count the commits before it.
 */
export async function readSource(repository: string): Promise<Source> {
  const git = (...args: string[]) => askGit(repository, args);
  if ((await git('rev-parse', '--is-shallow-repository')) === 'true') {
    throw new ReleaseError(
      `${repository} is a shallow clone: its commits cannot be counted, and the version is their number. ` +
        'Fetch the rest with `git fetch --unshallow` (in a workflow: `fetch-depth: 0`).',
    );
  }
  const changed = await changedFiles(repository);
  if (changed.length > 0) {
    const named = changed.slice(0, NAMED_FILES).join(', ');
    const others = changed.length > NAMED_FILES ? ` and ${changed.length - NAMED_FILES} others` : '';
    throw new ReleaseError(
      `A release is what a commit holds, but these are not as committed: ${named}${others}. Commit them, or put them away (\`git stash --include-untracked\`).`,
    );
  }
  const commit = await git('rev-parse', 'HEAD');
  return { version: `v${await git('rev-list', '--count', '--first-parent', 'HEAD')}`, commit };
}

/** Files that were changed, added or removed since the commit, but for those that git ignores. */
async function changedFiles(repository: string): Promise<string[]> {
  const status = await askGit(repository, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all']);
  // `XY path`, each closed by a NUL.
  return status
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
}

async function askGit(repository: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', repository, ...args], { maxBuffer: 64 * 2 ** 20 });
    return stdout.replace(/\n$/, '');
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    throw new ReleaseError(`git cannot tell which commit ${repository} is of: ${(stderr || message).trim()}`, {
      cause,
    });
  }
}
