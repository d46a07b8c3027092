/** Determines the commit and the version of a release. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ReleaseError } from './release-error.ts';

const run = promisify(execFile);

/** The version and the commit of a release. */
export interface Source {
  readonly version: string;
  readonly commit: string;
}

/** The maximum number of files in an error message. Thousands of files may have changed. */
const NAMED_FILES = 10;

/**
 * Returns the checked-out commit and its version. The version is the count of first-parent commits.
 *
 * @throws {ReleaseError} the work tree has uncommitted changes, or git cannot count the commits.
 */
export async function readSource(repository: string): Promise<Source> {
  const git = (...args: string[]) => runGit(repository, args);
  if ((await git('rev-parse', '--is-shallow-repository')) === 'true') {
    throw new ReleaseError(
      `${repository} is a shallow clone, so that git cannot count its commits for the version.  ` +
        'Fetch the other commits with `git fetch --unshallow` (in a workflow: `fetch-depth: 0`).',
    );
  }
  const changed = await changedFiles(repository);
  if (changed.length > 0) {
    const named = changed.slice(0, NAMED_FILES).join(', ');
    const others = changed.length > NAMED_FILES ? ` and ${changed.length - NAMED_FILES} others` : '';
    throw new ReleaseError(
      `A release contains only committed files, but these have uncommitted changes: ${named}${others}. Commit them, or stash them with \`git stash --include-untracked\`.`,
    );
  }
  const commit = await git('rev-parse', 'HEAD');
  return { version: `v${await git('rev-list', '--count', '--first-parent', 'HEAD')}`, commit };
}

/** Returns the files that were changed, added or removed since the last commit. Omits ignored files. */
async function changedFiles(repository: string): Promise<string[]> {
  const status = await runGit(repository, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all']);
  // Entries have the form `XY path` and end with NUL.
  return status
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
}

async function runGit(repository: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', repository, ...args], { maxBuffer: 64 * 2 ** 20 });
    return stdout.replace(/\n$/, '');
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    throw new ReleaseError(`git cannot determine the commit of ${repository}: ${(stderr || message).trim()}`, {
      cause,
    });
  }
}
