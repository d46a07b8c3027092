/** A copy of the checkout that commands may change, with the installed tools and packages. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { workspacePackages } from './test-all.ts';

/**
 * Copies the files of the checkout, and links what the set-up has installed.
 *
 * The links of the workspace are copied, so the packages of the copy import each other. The copy has its own set-up
 * stamps and its own paths.json, because the set-up writes the folder's path into these files.
 */
export function createScratchCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'centflow-docs-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).split('\0');
  for (const file of git('ls-files', '--cached', '--others', '--exclude-standard', '-z')) {
    if (file === '' || !existsSync(join(repository, file))) continue;
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(repository, file), join(copy, file), { verbatimSymlinks: true });
  }
  for (const { folder } of workspacePackages()) {
    const modules = join(repository, folder, 'node_modules');
    if (existsSync(modules))
      cpSync(modules, join(copy, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  linkEntries('.', copy, ['node_modules']);
  cpSync(join(repository, '.local', 'stamps'), join(copy, '.local', 'stamps'), { recursive: true });
  linkEntries('.local', copy, ['apt', 'cache', 'emulator-venv', 'mysql', 'venv']);
  const tools = readdirSync(join(repository, '.local', 'toolchain')).filter((name) => name !== 'paths.json');
  linkEntries(join('.local', 'toolchain'), copy, tools);
  return copy;
}

function linkEntries(folder: string, copy: string, names: readonly string[]): void {
  mkdirSync(join(copy, folder), { recursive: true });
  for (const name of names) {
    const target = join(repository, folder, name);
    if (existsSync(target)) symlinkSync(target, join(copy, folder, name));
  }
}

/**
 * Variables for commands in a scratch copy. They prevent changes to the packages and the Python environment that the copy
 * shares with the checkout.
 */
export const SCRATCH_ENVIRONMENT = {
  pnpm_config_verify_deps_before_run: 'false',
  UV_NO_SYNC: '1',
  // Turbo's results do not depend on the folder, so the copy reuses the results of the checkout.
  TURBO_CACHE_DIR: join(repository, '.turbo', 'cache'),
};
