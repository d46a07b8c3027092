/** Runs Git without the user's configuration, and with a fixed author. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const author = { name: 'Ann', email: 'ann@example.com' };

const identity: NodeJS.ProcessEnv = {
  GIT_AUTHOR_NAME: author.name,
  GIT_AUTHOR_EMAIL: author.email,
  GIT_COMMITTER_NAME: author.name,
  GIT_COMMITTER_EMAIL: author.email,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs Git in a folder, and returns its output. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: folder,
    env: { ...withoutGit(process.env), ...identity },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

/** Removes Git's variables. In a Git hook, GIT_DIR would name the repository of the hook. */
function withoutGit(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));
}
