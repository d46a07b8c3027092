/**
 * Checks the settings for editors and development containers. The files must be valid, and the programs that they name
 * must exist.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

interface Launch {
  readonly configurations: readonly { readonly name: string; readonly program?: string }[];
}

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly image: string; readonly environment?: Record<string, string> }>
  >;
}

describe('.vscode', () => {
  const { configurations } = JSON.parse(read('.vscode/launch.json')) as Launch;

  test.each(configurations.filter(({ program }) => program !== undefined))(
    'the launch configuration "$name" starts a program that exists',
    ({ program = '' }) => {
      const file = program.replace(/^\$\{workspaceFolder\}\//, '');
      expect(existsSync(join(repository, file)), file).toBe(true);
    },
  );

  test('contains settings and recommendations in valid JSON', () => {
    for (const file of ['.vscode/settings.json', '.vscode/extensions.json']) JSON.parse(read(file));
  });
});

describe('.devcontainer', () => {
  const container = JSON.parse(read('.devcontainer/devcontainer.json'));
  const compose = parse(read('.devcontainer/compose.yml')) as Compose;

  test('starts a service of compose.yml', () => {
    expect(Object.keys(compose.services)).toContain(container.service);
  });

  test('connects to the MySQL 8.4 of compose.yml with its password', () => {
    const url = new URL(container.remoteEnv.CENTFLOW_MYSQL_URL);
    expect(url.password).toBe(compose.services.mysql?.environment?.MYSQL_ROOT_PASSWORD);
    expect(compose.services.mysql?.image).toBe('mysql:8.4');
  });

  test('runs a script of package.json after its creation', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const [, script = ''] = /^npm run (\w+)$/.exec(container.postCreateCommand) ?? [];
    expect(scripts).toHaveProperty([script]);
  });
});

test('the pre-commit hook runs a script of package.json', () => {
  expect(read('.githooks/pre-commit')).toContain('npm run --silent lint');
});
