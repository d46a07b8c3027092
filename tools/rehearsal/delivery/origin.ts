/** The repository as GitHub has it: bare, its first commit our work tree as it is now. */
import { existsSync, mkdirSync } from 'node:fs';
import { git } from './git.ts';

/**
 * Makes it; what Git ignores here is not in it.
 *
 * @returns whether it was not there before
 */
export async function makeOrigin(folder: string, workTree: string): Promise<boolean> {
  if (existsSync(folder)) return false;
  mkdirSync(folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main');
  const inWorkTree = [`--git-dir=${folder}`, `--work-tree=${workTree}`];
  await git(workTree, ...inWorkTree, 'add', '--all');
  await git(workTree, ...inWorkTree, 'commit', '--quiet', '--message=The work tree');
  return true;
}
