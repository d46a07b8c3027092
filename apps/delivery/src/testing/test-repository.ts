/** Temporary Git repositories for tests, isolated from the Git configuration of this machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const someone = { NAME: 'Ada', EMAIL: 'ada@example.com', DATE: '2026-01-02T03:04:05Z' };
const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => Object.entries(someone).map(([what, is]) => [`GIT_${who}_${what}`, is])),
  ),
};

export class TestRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  git(...args: string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], { env: environment, encoding: 'utf8' }).trim();
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Commits a file, and returns the ID of the commit. */
  commit(path: string, text = path): string {
    this.write(path, text);
    this.git('add', path);
    this.git('commit', '--quiet', '--message', path);
    return this.git('rev-parse', 'HEAD');
  }
}
