import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { affectedPackages, changedFiles, longestFirst, READERS, workspacePackages } from './test-all.ts';

const workspace = workspacePackages();
const withTests = workspace.filter(({ hasTests }) => hasTests).map(({ name }) => name);

describe('affectedPackages', () => {
  const affected = (...files: string[]) => affectedPackages(files, workspace);

  test('returns the changed package and all its dependents', () => {
    const names = affected('packages/reports/src/index.ts');
    expect(names).toEqual(
      expect.arrayContaining(['@centflow/reports', '@centflow/console', '@centflow/infra', '@centflow/delivery']),
    );
    expect(names).not.toContain('@centflow/schema');
    expect(names).not.toContain('@centflow/glue');
  });

  test('returns the Glue job for a change of the schema, because the schema generates the contracts of the job', () => {
    expect(affected('packages/schema/src/feeds/expenses.ts')).toContain('@centflow/glue');
  });

  test('returns the preview for a change of the Glue job, because tests of the preview run the job', () => {
    expect(affected('glue/centflow_glue/rows/read.py')).toEqual(
      expect.arrayContaining(['@centflow/glue', '@centflow/infra', '@centflow/preview']),
    );
  });

  test('returns the dependents of a changed package, even if the package has no tests', () => {
    expect(affected('packages/test-kit/src/fast-check-seed.ts')).toContain('@centflow/schema');
  });

  test('returns every package with tests for a file that belongs to no package', () => {
    expect(affected('pnpm-lock.yaml')).toEqual(withTests);
  });

  test('returns only the packages that read the documentation if a page changed', () => {
    expect(affected('docs/runbook.md').sort()).toEqual([...(READERS['docs/'] ?? [])].sort());
  });

  test('returns no package if no file changed', () => {
    expect(affected()).toEqual([]);
  });
});

test('READERS names only packages that have tests', () => {
  expect(withTests).toEqual(expect.arrayContaining(Object.values(READERS).flat()));
});

describe('longestFirst', () => {
  test('returns every package once, with the job first', () => {
    const names = longestFirst(workspace).map(({ name }) => name);
    expect(names[0]).toBe('@centflow/glue');
    expect(names.toSorted()).toEqual(workspace.map(({ name }) => name).sort());
  });
});

describe('changedFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'centflow-changed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder });
  const write = (name: string) => writeFileSync(join(folder, name), name);
  const commit = (message: string) => {
    git('add', '.');
    git('commit', '--quiet', '--message', message);
  };

  test('returns committed, uncommitted and untracked files, but no later changes of the compared branch', () => {
    git('init', '--quiet', '--initial-branch=main');
    for (const name of ['same', 'edited', 'deleted']) write(name);
    writeFileSync(join(folder, '.gitignore'), 'built\n');
    commit('Start');
    git('switch', '--quiet', '--create', 'work');
    write('committed');
    commit('Work');
    git('switch', '--quiet', 'main');
    write('on main');
    commit('Meanwhile');
    git('switch', '--quiet', 'work');
    writeFileSync(join(folder, 'edited'), 'otherwise');
    rmSync(join(folder, 'deleted'));
    for (const name of ['untracked, é', 'built']) write(name);
    expect(changedFiles(folder, 'main').sort()).toEqual(['committed', 'deleted', 'edited', 'untracked, é']);
  });
});
