import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../generate/source-files.ts';
import { renderedPath } from '../generate/view-sql.ts';
import { rowsOf } from '../session.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { describeViews } from '../view-columns.ts';

describe('the rendered SQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  it.each(describeViews())('creates the same view $name as the migrations do', async ({ name }) => {
    const rendered = await readFile(join(repository, renderedPath({ name })), 'utf8');
    await database.administrator.query(rendered.replace(`CREATE VIEW ${name} `, `CREATE VIEW rendered_${name} `));
    const [migrated, copy] = await rowsOf<{ definition: string }>(
      database.administrator,
      'SELECT view_definition AS definition FROM information_schema.views WHERE table_schema = ? AND table_name IN (?) ORDER BY table_name DESC',
      [database.name, [name, `rendered_${name}`]],
    );
    expect(copy).toBeDefined();
    expect(copy).toEqual(migrated);
  });
});
