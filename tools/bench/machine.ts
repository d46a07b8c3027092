/** Describes the machine on which the benchmark runs. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import { queryRows } from '@centflow/local-stack/database';
import type { Connection } from 'mysql2/promise';
import type { Machine } from './results.ts';
import { round } from './statistics.ts';

/** The MySQL settings that affect the speed of loading and grouping. */
const SETTINGS = [
  'innodb_buffer_pool_size',
  'innodb_flush_log_at_trx_commit',
  'innodb_redo_log_capacity',
  'log_bin',
  'sync_binlog',
  'tmp_table_size',
];

export async function describeMachine(administrator: Connection): Promise<Machine> {
  const tools = readToolPaths();
  const [mysql] = await queryRows<{ version: string }>(administrator, 'SELECT VERSION() AS version');
  const settings = await queryRows<{ Variable_name: string; Value: string }>(
    administrator,
    'SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)',
    [SETTINGS],
  );
  return {
    date: new Date().toISOString(),
    commit: readCommit(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: round(totalmem() / 2 ** 30, 1),
    system: `${type()} ${release()}`,
    versions: {
      mysql: mysql?.version ?? '',
      node: process.versions.node,
      python: firstLine(tools.python, ['--version']).replace('Python ', ''),
      java: /\d+(\.\d+)+/.exec(firstLine(join(tools.javaHome, 'bin', 'java'), ['--version']))?.[0] ?? '',
      ...packageVersions(tools.python, ['pyspark', 'pyarrow', 'numpy', 'pymysql']),
      ...packageVersions(tools.emulatorPython, ['ministack']),
    },
    mysqlSettings: Object.fromEntries(settings.map(({ Variable_name, Value }) => [Variable_name, Value])),
  };
}

function firstLine(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0]?.trim() ?? '';
}

/** Returns the versions of packages, from the names of their `.dist-info` folders. */
function packageVersions(python: string, packages: readonly string[]): Record<string, string> {
  const lib = join(python, '..', '..', 'lib');
  const version = readdirSync(lib).find((name) => name.startsWith('python3')) ?? '';
  const names = readdirSync(join(lib, version, 'site-packages'));
  return Object.fromEntries(
    packages.flatMap((wanted) => {
      const found = names
        .map((name) => /^(.+)-(.+)\.dist-info$/.exec(name))
        .find((match) => match?.[1]?.toLowerCase() === wanted);
      return found?.[2] === undefined ? [] : [[wanted, found[2]]];
    }),
  );
}

/** Returns the commit, or `unknown` for a copy of the sources without Git. */
function readCommit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', stdio: 'pipe' });
    return `${git('rev-parse', '--short=12', 'HEAD').trim()}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
