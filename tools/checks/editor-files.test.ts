/** The settings for editors and development containers: their form, and the files and commands that they name. */
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
    'starts a program that exists: $name',
    ({ program = '' }) => {
      const file = program.replace(/^\$\{workspaceFolder\}\//, '');
      expect(existsSync(join(repository, file)), file).toBe(true);
    },
  );

  test('has settings and recommendations that are JSON', () => {
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

  test('prepares itself with a script of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const [, script = ''] = /^npm run (\w+)$/.exec(container.postCreateCommand) ?? [];
    expect(scripts).toHaveProperty([script]);
  });
});

test('the hook before commits runs a script of package.json', () => {
  expect(read('.githooks/pre-commit')).toContain('npm run --silent lint');
});
