/**
 * Checks the direction of dependencies between the packages of the workspace. Biome refuses import cycles within a
 * package.
 */
import { execFileSync } from 'node:child_process';
import { readToolPaths, repository, turboEnvironment } from '@centflow/local-processes/paths';
import { describe, expect, test } from 'vitest';
import { workspacePackages } from './test-all.ts';

const packages = workspacePackages();
const own = new Map(packages.map(({ name, folder }) => [name, folder]));

/** Returns the folders of the workspace's packages on which a package depends, including development dependencies. */
const dependenciesOf = (folder: string): string[] =>
  packages
    .filter((candidate) => candidate.folder === folder)
    .flatMap(({ dependencies }) => dependencies)
    .flatMap((name) => own.get(name) ?? []);

describe('the dependencies between packages', () => {
  test('do not point from packages/ to an app, to infra or to tools', () => {
    for (const { folder } of packages.filter((candidate) => candidate.folder.startsWith('packages/'))) {
      const outside = dependenciesOf(folder).filter((needed) => !/^(packages\/|glue$)/.test(needed));
      expect(outside, folder).toEqual([]);
    }
  });

  test('do not point to tools', () => {
    for (const { folder } of packages) expect(dependenciesOf(folder), folder).not.toContain('tools');
  });

  test.each(['packages/local-processes', 'packages/command-line', 'packages/lambda-kit', 'packages/terraform'])(
    'do not exist for %s, which must depend on no other package',
    (folder) => {
      expect(dependenciesOf(folder)).toEqual(['packages/config']);
    },
  );

  test('are declared for every import, and no import reaches into the folder of another package', () => {
    const tools = readToolPaths();
    const output = execFileSync(tools.pnpm, ['exec', 'turbo', 'boundaries'], {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, ...turboEnvironment(tools) } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(output).toContain('no issues found');
  });
});
