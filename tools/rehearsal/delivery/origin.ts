/** A bare repository that simulates the one on GitHub. The first commit contains the present work tree. */
import { existsSync, mkdirSync } from 'node:fs';
import { git } from './git.ts';

/**
 * Creates the repository, without ignored files.
 *
 * @returns whether it was created; false if it already existed
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
