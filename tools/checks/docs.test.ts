/** Checks the pages for new readers. Commands must work as written, and linked functions must exist. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '@centflow/local-processes/paths';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

/** A block of shell commands on a page. */
interface Block {
  readonly page: string;
  readonly commands: readonly string[];
  /** The reason why the test does not run the block, from the comment `<!-- skip: … -->` before the block. */
  readonly skipped: string | undefined;
}

const PAGES = ['README.md', 'CONTRIBUTING.md'];

function readBlocks(page: string): Block[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/(?:<!-- skip: ([^>]+) -->\n\n)?```sh\n([^`]*)```/g)].map(([, skipped, lines = '']) => ({
    page,
    commands: lines
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== ''),
    skipped,
  }));
}

/** Runs a command with only Node and Python on the PATH, as on a new user's machine. */
async function runAsNewcomer(command: string): Promise<void> {
  const { UV_PROJECT_ENVIRONMENT: _, CENTFLOW_MYSQL_URL: __, ...environment } = process.env;
  await run('/bin/sh', ['-c', command], {
    cwd: repository,
    maxBuffer: 64 << 20,
    env: { ...environment, PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` },
  });
}

const blocks = PAGES.flatMap(readBlocks);
const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the commands of README.md and CONTRIBUTING.md', () => {
  test.each(
    blocks
      .filter(({ skipped }) => skipped === undefined)
      .flatMap(({ page, commands }) => commands.map((command) => [page, command])),
  )('in %s, `%s` succeeds', async (_, command) => {
    await expect(runAsNewcomer(command)).resolves.toBeUndefined();
  });

  test.each(
    blocks
      .filter(({ skipped }) => skipped !== undefined)
      .flatMap(({ page, commands }) => commands.map((command) => [page, command])),
  )('in %s, `%s` is skipped, and is a script of package.json', (_, command) => {
    const [, script = ''] = /^npm (?:run )?([\w:]+)/.exec(command) ?? [];
    expect(scripts).toHaveProperty([script]);
  });

  test('are all found by the parser of code blocks', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(5);
  });
});

test('every function that how-a-csv-becomes-a-row.md links exists in the linked file', () => {
  const page = readFileSync(join(repository, 'docs', 'how-a-csv-becomes-a-row.md'), 'utf8');
  const links = [...page.matchAll(/\[`(\w+)`\]\(\.\.\/([^)]+)\)/g)];
  expect(links.length).toBeGreaterThanOrEqual(8);
  for (const [, name, file = ''] of links) {
    expect(readFileSync(join(repository, file), 'utf8'), `${file}: ${name}`).toMatch(
      new RegExp(`^(?:export (?:async )?function|def) ${name}\\b`, 'm'),
    );
  }
});

test.each([...PAGES, 'docs/how-a-csv-becomes-a-row.md', 'docs/adding-a-feed.md', 'docs/adding-a-view.md'])(
  '%s links only to files that exist',
  (page) => {
    const text = readFileSync(join(repository, page), 'utf8');
    const files = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(repository, dirname(page), file)))).toEqual([]);
  },
);
