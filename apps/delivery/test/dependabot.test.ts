/** Tests that .github/dependabot.yml covers each lock file, and that versions in several files agree. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

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

/** The Dependabot ecosystem that updates a file with a matching name: https://docs.github.com/en/code-security/reference/supply-chain-security/supported-ecosystems-and-repositories */
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

/** Files that Dependabot does not update. docs/delivery.md explains how their versions change. */
const EXCEPTIONS = [
  // The provider is pinned (ADR 0008), and the stacks are TypeScript, which Dependabot does not read.
  'terraform /packages/terraform',
];

/** The folders in .gitignore, and Git's own folder. */
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

/** Returns the entries that these files need, such as `uv /glue`. */
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

  test('covers every lock file and action in the repository', () => {
    expect(needed).toEqual(expect.arrayContaining(['npm /', 'uv /glue', 'github-actions /']));
    expect(needed.filter((entry) => !EXCEPTIONS.includes(entry))).toEqual([...covered].sort());
  });

  test('contains no exception for a file that no longer exists', () => {
    for (const exception of EXCEPTIONS) expect(needed).toContain(exception);
  });

  test('needs a new entry if a lock file, action or container image is added', () => {
    expect(entriesFor(['apps/new/uv.lock', '.github/actions/new/action.yml', 'Dockerfile', 'README.md'])).toEqual([
      'docker /',
      'github-actions /.github/actions/new',
      'uv /apps/new',
    ]);
  });

  test('accepts only versions that are at least a week old', () => {
    for (const { cooldown } of updates) expect(cooldown).toEqual({ 'default-days': 7 });
  });

  test('ignores the Python packages whose versions Glue sets or Debian 12 limits', () => {
    const group = /^glue60 = \[$(.*?)^\]$/ms.exec(read('glue/pyproject.toml'))?.[1] ?? '';
    const pinned = [...group.matchAll(/"([\w.-]+)==/g)].map(([, name]) => name);
    expect(pinned).toContain('pyspark');
    const ignored = updates
      .filter((update) => foldersOf(update).includes('/glue'))
      .flatMap(({ ignore = [] }) => ignore.map((rule) => rule['dependency-name']));
    expect(ignored.sort()).toEqual([...pinned, 'mysql-connector-python'].sort());
  });
});

describe('versions that Dependabot cannot keep consistent', () => {
  const toolchain = JSON.parse(read('tools/toolchain/npm/package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  const versionsOf = (prefix: string) =>
    Object.entries(toolchain.optionalDependencies).flatMap(([name, version]) =>
      name.startsWith(prefix) ? version : [],
    );

  test('Node has the same version in .node-version and the toolchain', () => {
    const version = read('.node-version').trim();
    expect(versionsOf('node-linux-')).toEqual([version, version]);
  });

  test('pnpm has the same version in package.json and the toolchain', () => {
    const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string };
    const version = packageManager.replace(/^pnpm@/, '');
    expect(versionsOf('@pnpm/exe.')).toEqual([version, version]);
  });

  test('pnpm-lock.yaml is one YAML document, because GitHub reports no vulnerabilities for a file with two', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/^---/m);
  });
});
