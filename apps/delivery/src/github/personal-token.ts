import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GitHubError } from './github-error.ts';

/**
 * Returns the user's token: GITHUB_TOKEN, GH_TOKEN, or the token of the `gh` program.
 *
 * @throws {GitHubError} no token was found.
 */
export async function personalToken(env: NodeJS.ProcessEnv): Promise<string> {
  const given = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (given) return given;
  try {
    const { stdout } = await promisify(execFile)('gh', ['auth', 'token'], { env });
    if (stdout.trim() !== '') return stdout.trim();
  } catch {
    // `gh` is not installed, or no user is signed in.
  }
  throw new GitHubError(
    'There is no token for GitHub. GITHUB_TOKEN is not set, and `gh auth token` returns no token',
    'sign in with `gh auth login` as an administrator of the repository, or set GITHUB_TOKEN to the token of an administrator',
  );
}
