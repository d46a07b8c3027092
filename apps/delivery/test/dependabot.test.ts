/** Whether .github/dependabot.yml covers what the repository locks, and whether versions agree that it cannot keep together. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../src/repository.ts';

interface Update {
  readonly 'package-ecosystem': string;
  readonly directory?: string;
  readonly directories?: readonly string[];
  readonly cooldown: unknown;
  readonly ignore?: readonly { readonly 'dependency-name': string }[];
}

const read = (file: string) => readFileSync(join(repository, file), 'utf8');
const { updates } = parse(read('.github/dependabot.yml')) as { updates: readonly Update[] };
const foldersOf = ({ directory, directories = [] }: Update) => [
  ...(directory === undefined ? [] : [directory]),
  ...directories,
];
const covered = updates.flatMap((update) =>
  foldersOf(update).map((folder) => `${update['package-ecosystem']} ${folder}`),
);

/** The ecosystem that looks after a file of this name: https://docs.github.com/en/code-security/reference/supply-chain-security/supported-ecosystems-and-repositories */
const ECOSYSTEMS: readonly (readonly [name: RegExp, ecosystem: string])[] = [
  [/^(pnpm-lock\.yaml|package-lock\.json|yarn\.lock)$/, 'npm'],
  [/^bun\.lock$/, 'bun'],
  [/^uv\.lock$/, 'uv'],
  [/^(poetry\.lock|Pipfile\.lock|requirements.*\.(txt|in))$/, 'pip'],
  [/^action\.ya?ml$/, 'github-actions'],
  [/^(Dockerfile|Containerfile)/, 'docker'],
  [/^(docker-)?compose.*\.ya?ml$/, 'docker-compose'],
  [/^devcontainer\.json$/, 'devcontainers'],
  [/^\.pre-commit-config\.yaml$/, 'pre-commit'],
  [/\.tf$|^\.terraform\.lock\.hcl$/, 'terraform'],
  [/^go\.mod$/, 'gomod'],
  [/^Cargo\.toml$/, 'cargo'],
  [/^pom\.xml$/, 'maven'],
  [/^\.gitmodules$/, 'gitsubmodule'],
];

/** What Dependabot is not to look after. docs/delivery.md says how its version changes. */
const EXCEPTIONS = [
  // The provider is pinned (ADR 0008), and the stacks are TypeScript, which Dependabot does not read.
  'terraform /packages/terraform',
];

/** What .gitignore names, and Git's own folder. */
const NOT_OURS = new Set([
  ...['.git', '.local', '.turbo', '.venv', 'cdktf.out', 'coverage', 'dist', 'evidence', 'node_modules', 'release'],
  ...['__pycache__', '.hypothesis', '.mypy_cache', '.pytest_cache', '.ruff_cache'],
]);

function filesBelow(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** The entries that some files need, such as `uv /glue`. */
function entriesFor(files: readonly string[]): string[] {
  const entries = files.flatMap((file) => {
    if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(file)) return ['github-actions /'];
    const folder = dirname(file) === '.' ? '/' : `/${dirname(file)}`;
    return ECOSYSTEMS.filter(([name]) => name.test(basename(file))).map(([, ecosystem]) => `${ecosystem} ${folder}`);
  });
  return [...new Set(entries)].sort();
}

describe('.github/dependabot.yml', () => {
  const needed = entriesFor(filesBelow('.'));

  test('covers every lock file and every action of the repository', () => {
    expect(needed).toEqual(expect.arrayContaining(['npm /', 'uv /glue', 'github-actions /']));
    expect(needed.filter((entry) => !EXCEPTIONS.includes(entry))).toEqual([...covered].sort());
  });

  test('has no exception for what is gone', () => {
    for (const exception of EXCEPTIONS) expect(needed).toContain(exception);
  });

  test('would need an entry for a new lock file, action or container image', () => {
    expect(entriesFor(['apps/new/uv.lock', '.github/actions/new/action.yml', 'Dockerfile', 'README.md'])).toEqual([
      'docker /',
      'github-actions /.github/actions/new',
      'uv /apps/new',
    ]);
  });

  test('takes no version before it is a week old', () => {
    for (const { cooldown } of updates) expect(cooldown).toEqual({ 'default-days': 7 });
  });

  test('ignores the Python packages that Glue itself has, and the one that Debian 12 holds back', () => {
    const group = /^glue60 = \[$(.*?)^\]$/ms.exec(read('glue/pyproject.toml'))?.[1] ?? '';
    const pinned = [...group.matchAll(/"([\w.-]+)==/g)].map(([, name]) => name);
    expect(pinned).toContain('pyspark');
    const ignored = updates
      .filter((update) => foldersOf(update).includes('/glue'))
      .flatMap(({ ignore = [] }) => ignore.map((rule) => rule['dependency-name']));
    expect(ignored.sort()).toEqual([...pinned, 'mysql-connector-python'].sort());
  });
});

describe('versions that Dependabot cannot keep together', () => {
  const toolchain = JSON.parse(read('tools/toolchain/npm/package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  const versionsOf = (prefix: string) =>
    Object.entries(toolchain.optionalDependencies).flatMap(([name, version]) =>
      name.startsWith(prefix) ? version : [],
    );

  test('Node has one in .node-version and in the toolchain', () => {
    const version = read('.node-version').trim();
    expect(versionsOf('node-linux-')).toEqual([version, version]);
  });

  test('pnpm has one in package.json and in the toolchain', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string };
    const version = packageManager.replace(/^pnpm@/, '');
    expect(versionsOf('@pnpm/exe.')).toEqual([version, version]);
  });

  test('pnpm-lock.yaml is one YAML document, because GitHub reports no vulnerabilities of another', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/^---/m);
  });
});
