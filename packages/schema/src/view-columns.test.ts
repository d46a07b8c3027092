import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uploads } from './bookkeeping/uploads.ts';
import { rowsOf } from './session.ts';
import { createTestDatabase, type TestDatabase } from './testing/database.ts';
import { describeView, describeViews, UnknownExpressionError } from './view-columns.ts';

describe('describeViews', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  it.each(describeViews())(
    'describes the columns of $name with the types that MySQL reports',
    async ({ name, columns }) => {
      const inMySql = await rowsOf<{ name: string; sqlType: string }>(
        database.administrator,
        'SELECT column_name AS name, column_type AS sqlType FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
        [database.name, name],
      );
      expect(columns).toEqual(inMySql);
    },
  );

  it('rejects an expression without a declared type and names the function to call', () => {
    const view = mysqlView('v_odd').as((query) => query.select({ odd: sql`1 + 1`.as('odd') }).from(uploads));
    expect(() => describeView(view)).toThrow(UnknownExpressionError);
    expect(() => describeView(view)).toThrow(
      "View v_odd: column odd is an expression without an SQL type. Wrap it in the view's file: typed(expression, 'varchar(64)') from packages/schema/src/expression-types.ts.",
    );
  });
});
