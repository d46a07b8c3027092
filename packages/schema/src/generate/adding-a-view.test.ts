/** Follows docs/adding-a-view.md in a copy of the repository. A single new file must be enough to add a view. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../migrate.ts';
import { rowsOf } from '../session.ts';
import { createEmptyDatabase } from '../testing/database.ts';
import { repository } from './source-files.ts';

const run = promisify(execFile);
const VIEW = 'v_spend_by_account_day';

/** A visual over the new view, written as in a dashboard. */
const visual = `
import type { LineOrBar } from '../model.ts';

export const spendingByAccount: LineOrBar<'${VIEW}'> = {
  kind: 'bar',
  id: 'spending-by-account',
  title: 'Spending by account',
  question: 'Which account pays?',
  view: '${VIEW}',
  filters: ['currency', 'period', 'account'],
  x: { column: 'account', title: 'Account', format: 'text' },
  values: [{ column: 'amount', aggregate: 'sum', title: 'Spent', format: 'money' }],
};
`;

describe('docs/adding-a-view.md', () => {
  let copy: string;
  let page: string;
  let written: string;
  const read = (path: string) => readFile(join(copy, path), 'utf8');
  const evaluate = async (script: string): Promise<unknown> => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: copy });
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    page = await readFile(join(repository, 'docs/adding-a-view.md'), 'utf8');
    copy = await mkdtemp(join(tmpdir(), 'centflow-adding-a-view-'));
    await copyRepository(copy);
    await writeFile(join(copy, 'packages/schema/src/views/spend-by-account-day.ts'), blockOf(page, 'ts'));
    const [, ...flags] = blockOf(page, 'sh').trim().split(' -- ');
    const generate = [join(copy, 'packages/schema/src/generate.ts'), ...flags.join(' ').split(' ')];
    written = (await run(process.execPath, generate, { cwd: copy })).stdout;
  });
  afterAll(() => rm(copy, { recursive: true }));

  it('npm run generate writes all files that docs/adding-a-view.md lists', () => {
    const listed = [...page.matchAll(/^- `([^`…]+)(?:…([^`]*))?`/gm)].map(([, start, end = '']) => [start, end]);
    expect(listed.length).toBeGreaterThan(2);
    for (const [start = '', end = ''] of listed) {
      const matching = written.split('\n').filter((line) => line.startsWith(start) && line.endsWith(end));
      expect(matching, `${start}…${end}`).not.toEqual([]);
    }
  });

  it('npm run generate leaves no file out of date', async () => {
    await run(process.execPath, [join(copy, 'packages/schema/src/generate.ts'), '--check'], { cwd: copy });
  });

  it("the new view's columns are described with the types that MySQL reports", async () => {
    const described = await evaluate(
      `import { describeViews } from './packages/schema/src/view-columns.ts';
       console.log(JSON.stringify(describeViews().find(({ name }) => name === '${VIEW}').columns));`,
    );
    const database = await createEmptyDatabase();
    try {
      await migrate(database.administrator, { directory: join(copy, 'packages/schema/migrations') });
      const inMySql = await rowsOf(
        database.administrator,
        'SELECT column_name AS name, column_type AS sqlType FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
        [database.name, VIEW],
      );
      expect(described).toEqual(inMySql);
    } finally {
      await database.drop();
    }
  });

  it("the new view is added to the job's tests, the grants and QuickSight's data sets", async () => {
    expect(JSON.parse(await read('glue/tests/views.json')).views).toHaveProperty(VIEW);
    const statements = await evaluate(
      `import { grantStatements } from './packages/schema/src/grants.ts';
       console.log(JSON.stringify(grantStatements({ database: 'd' }).map(({ sql }) => sql)));`,
    );
    expect(statements).toContain(`GRANT SELECT ON \`d\`.\`${VIEW}\` TO ?@?`);
    const offered = await evaluate(
      `import { offeredViews } from './packages/reports/src/quicksight/index.ts';
       console.log(JSON.stringify(offeredViews));`,
    );
    expect(offered).toContain(VIEW);
  });

  it('a dashboard can declare a visual over the new view, and the columns are type-checked', async () => {
    const file = join(copy, 'packages/reports/src/dashboards/by-account.ts');
    const types = () => run(process.execPath, [typescript, '-p', 'packages/reports'], { cwd: copy });
    await writeFile(file, visual);
    await types();
    await writeFile(file, visual.replace("column: 'account'", "column: 'merchant'"));
    await expect(types()).rejects.toMatchObject({ stdout: expect.stringContaining('"merchant"') });
  });
});

const typescript = join(repository, 'packages/schema/node_modules/typescript/bin/tsc');

/**
 * Copies the parts of the repository that a new view affects. Links between the packages are copied too, so that the
 * copied packages import each other.
 */
async function copyRepository(copy: string): Promise<void> {
  const skipped = /\/(dist|reports|coverage|\.turbo|\.vite[^/]*)$/;
  for (const name of await readdir(join(repository, 'packages'))) {
    const folder = join('packages', name);
    for (const entry of await readdir(join(repository, folder))) {
      if (skipped.test(`/${entry}`)) continue;
      await cp(join(repository, folder, entry), join(copy, folder, entry), { recursive: true, verbatimSymlinks: true });
    }
  }
  for (const path of ['glue/centflow_glue/contracts', 'glue/tests/views.json', 'docs/data-model.md', 'samples']) {
    await mkdir(join(copy, path, '..'), { recursive: true });
    await cp(join(repository, path), join(copy, path), { recursive: true });
  }
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'));
  await cp(join(repository, 'package.json'), join(copy, 'package.json'));
}

function blockOf(page: string, language: string): string {
  const [, block] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page) ?? [];
  if (block === undefined) throw new Error(`docs/adding-a-view.md has no block of ${language}.`);
  return block;
}
