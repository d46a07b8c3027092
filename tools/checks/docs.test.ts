/**
 * Checks the documentation. Commands must work as written. Linked files and functions must exist. Commands that take
 * too long are not run, but their help must list the options that the pages use.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { repository } from '@centflow/local-processes/paths';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CodeBlock,
  type NpmCommand,
  parseNpmCommand,
  readCodeBlocks,
  readCommands,
  readInlineCommands,
} from './code-blocks.ts';
import { createScratchCopy, SCRATCH_ENVIRONMENT } from './scratch-copy.ts';

const run = promisify(execFile);

/** The pages whose blocks are applied and run, in this order and in one copy of the checkout. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/adding-a-feed.md',
  'docs/adding-a-view.md',
  'docs/adding-a-visual.md',
];

/** The other pages. Most of their commands need an AWS account, so only their help is checked. */
const OTHER_PAGES = ['docs/*.md', '{apps,packages,tools}/**/README.md', 'infra/README.md', 'glue/README.md'].flatMap(
  (pattern) =>
    globSync(pattern, { cwd: repository, exclude: (name) => name === 'node_modules' })
      .filter((page) => !PAGES.includes(page))
      .toSorted(),
);

/** The interpreter for which the set-up of this checkout was made. */
const python = execFileSync(
  process.execPath,
  [
    '--input-type=module',
    '-e',
    `import { findPython } from ${JSON.stringify(pathToFileURL(join(repository, 'tools', 'toolchain', 'machine.mjs')))}; console.log(findPython().executable);`,
  ],
  { encoding: 'utf8' },
).trim();

/** Runs a shell script like a person who has only Node and Python. */
async function runAsNewcomer(folder: string, script: string, variables: Record<string, string> = {}): Promise<string> {
  const { UV_PROJECT_ENVIRONMENT: _, CENTFLOW_MYSQL_URL: __, ...environment } = process.env;
  const { stdout } = await run('/bin/sh', ['-e', '-c', script], {
    cwd: folder,
    maxBuffer: 64 << 20,
    env: {
      ...environment,
      // Another Python would make the set-up replace the environments that other tests use at the same time.
      CENTFLOW_PYTHON: python,
      ...variables,
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    },
  });
  return stdout;
}

/** Writes the content of a block into its file, or inserts it. */
function applyBlock(folder: string, { text, mark }: CodeBlock): void {
  if (mark?.kind === 'file') {
    writeFileSync(join(folder, mark.value), text);
    return;
  }
  const [, file = '', line = ''] = /^(\S+) before `(.+)`$/.exec(mark?.value ?? '') ?? [];
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  const place = lines.findLastIndex((candidate) => candidate.startsWith(line));
  expect(place, `${file}: ${line}`).toBeGreaterThan(-1);
  writeFileSync(join(folder, file), lines.toSpliced(place, 0, ...text.trimEnd().split('\n')).join('\n'));
}

const blocks = PAGES.flatMap((page) => readCodeBlocks(repository, page).map((block) => ({ page, ...block })));
const isSkipped = ({ mark }: CodeBlock) => mark?.kind === 'skip';

/**
 * The commands that these tests do not run as written. Each command appears once, with all options that the pages use.
 */
function commandsForHelp(): NpmCommand[] {
  const lines = [
    ...blocks.filter((block) => block.language === 'sh' && isSkipped(block)).flatMap(({ text }) => readCommands(text)),
    ...OTHER_PAGES.flatMap((page) => readCodeBlocks(repository, page))
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => readCommands(text)),
    ...[...PAGES, ...OTHER_PAGES].flatMap((page) => readInlineCommands(repository, page)),
  ];
  const options = new Map<string, Set<string>>();
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object };
  for (const script of Object.keys(scripts)) {
    options.set(['start', 'test'].includes(script) ? `npm ${script}` : `npm run ${script}`, new Set());
  }
  for (const { command, options: given } of lines.flatMap((line) => parseNpmCommand(line) ?? [])) {
    const key = command.replace('npm run test ', 'npm test ').replace(/^npm run test$/, 'npm test');
    options.set(key, new Set([...(options.get(key) ?? []), ...given]));
  }
  return [...options].map(([command, given]) => ({ command, options: [...given] }));
}

describe('commands in the documentation that are not executed', () => {
  test.each(commandsForHelp().map(({ command, options }) => [command, options] as const))(
    '`%s --help` prints the usage, with all options that the pages use: %j',
    async (command, options) => {
      const help = await runAsNewcomer(repository, `${command}${command.includes(' -- ') ? '' : ' --'} --help`);
      expect(help).toMatch(/^Usage: /m);
      expect(options.filter((option) => option !== '--help' && !help.includes(option))).toEqual([]);
    },
  );
});

describe('the blocks of README.md, CONTRIBUTING.md and the adding-a-… pages, in one copy of the checkout', () => {
  let copy = '';
  beforeAll(async () => {
    // The set-up of the checkout must be complete. Otherwise commands in the copy would install packages into folders of
    // the checkout.
    await runAsNewcomer(repository, 'npm run types -- --help');
    copy = createScratchCopy();
  });
  afterAll(() => {
    if (copy !== '') rmSync(copy, { recursive: true, force: true });
  });

  test.each(
    blocks
      .filter((block) => !isSkipped(block) && (block.language === 'sh' || block.mark !== undefined))
      .map((block) => [block.page, block.mark?.value ?? readCommands(block.text).join('; '), block] as const),
  )('%s: %s', async (_, __, block) => {
    if (block.language === 'sh') await runAsNewcomer(copy, block.text, SCRATCH_ENVIRONMENT);
    else applyBlock(copy, block);
  });

  test('the feed, the view and the visual of the pages compile', async () => {
    const compiler = join(repository, 'node_modules', '.bin', 'tsc');
    for (const folder of ['packages/schema', 'packages/reports']) {
      await runAsNewcomer(copy, `${compiler} -p ${folder}`);
    }
  });

  test('each skipped code block has a reason', () => {
    const skipped = blocks.filter(isSkipped);
    expect(skipped.length).toBeGreaterThanOrEqual(5);
    for (const { mark } of skipped) expect(mark?.value).toMatch(/\w+ \w+/);
  });
});

test('every function that how-a-csv-becomes-a-row.md links is in the linked file', () => {
  const page = readFileSync(join(repository, 'docs', 'how-a-csv-becomes-a-row.md'), 'utf8');
  const links = [...page.matchAll(/\[`(\w+)`\]\(\.\.\/([^)]+)\)/g)];
  expect(links.length).toBeGreaterThanOrEqual(8);
  for (const [, name, file = ''] of links) {
    expect(readFileSync(join(repository, file), 'utf8'), `${file}: ${name}`).toMatch(
      new RegExp(`^(?:export (?:async )?function|def) ${name}\\b`, 'm'),
    );
  }
});

test.each([...PAGES, ...OTHER_PAGES])('%s links only to files that exist', (page) => {
  const text = readFileSync(join(repository, page), 'utf8');
  const files = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, file = '']) => file);
  expect(files.filter((file) => !existsSync(join(repository, dirname(page), file)))).toEqual([]);
});

test.each([...PAGES, ...OTHER_PAGES])('%s contains no command whose program only the set-up installs', (page) => {
  const text = readFileSync(join(repository, page), 'utf8');
  // `npm run exec -- pnpm …` puts these programs on the PATH.
  expect(text.match(/^ *(?:pnpm|uv|uvx|turbo|vitest) .*$/gm) ?? []).toEqual([]);
});
