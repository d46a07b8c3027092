import { getTableName } from 'drizzle-orm';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgets } from '../feeds/budgets.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { bookkeepingTables } from '../generated/bookkeeping.ts';
import { feeds } from '../generated/feeds.ts';
import { summaries } from '../generated/summaries.ts';
import { views } from '../generated/views.ts';
import { rowsOf } from '../session.ts';
import { addUpSummaries, enterUpload } from '../testing/books.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { describeViews } from '../view-columns.ts';

describe('the views', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  const names = views.map((view) => getViewConfig(view).name);

  it('the views exist in MySQL with the columns that their files declare, and MySQL has no other views', async () => {
    const found = await rowsOf<{ view: string; name: string }>(
      database.administrator,
      'SELECT table_name AS view, column_name AS name FROM information_schema.columns JOIN information_schema.views USING (table_schema, table_name) WHERE table_schema = ? ORDER BY table_name, ordinal_position',
      [database.name],
    );
    const inMySql = Object.groupBy(found, ({ view }) => view);
    expect(Object.keys(inMySql).sort()).toEqual([...names].sort());
    for (const { name: view, columns } of describeViews()) {
      const columnNames = columns.map(({ name }) => name);
      expect({ view, columns: inMySql[view]?.map(({ name }) => name) }).toEqual({ view, columns: columnNames });
    }
  });

  it('the views have names that begin with v_', () => {
    for (const name of names) expect(name).toMatch(/^v_[a-z_]+$/);
  });

  it('the views read only tables and no other views', async () => {
    const tables = [...[...Object.values(feeds), ...summaries].map(({ table }) => table), ...bookkeepingTables].map(
      (table) => getTableName(table),
    );
    const used = await rowsOf<{ name: string }>(
      database.administrator,
      'SELECT DISTINCT table_name AS name FROM information_schema.view_table_usage WHERE view_schema = ?',
      [database.name],
    );
    expect(used.length).toBeGreaterThan(0);
    for (const { name } of used) expect(tables).toContain(name);
  });

  it('the views run with the rights of their definer', () => {
    for (const view of views) {
      const { name, sqlSecurity } = getViewConfig(view) as { name: string; sqlSecurity?: string };
      expect({ name, sqlSecurity }).toEqual({ name, sqlSecurity: 'definer' });
    }
  });

  it('the views use no reserved word as the name of a column or table', async () => {
    const reserved = await rowsOf<{ object: string; name: string }>(
      database.administrator,
      'SELECT table_name AS object, column_name AS name FROM information_schema.columns JOIN information_schema.keywords ON word = upper(column_name) WHERE table_schema = ? AND reserved = 1',
      [database.name],
    );
    expect(reserved).toEqual([]);
  });

  it("the views read one owner's rows without scanning a large upload of another owner", async () => {
    const money = { amount: '1.00', currency: 'EUR' };
    const payment = { date: '2025-01-01', category: 'Food', account: 'Visa', description: '', ...money };
    const row = { ...payment, month: '2025-01', merchant: 'Bakery', source: 'Employer' };
    const uploadsOfAnn = Array.from({ length: 5 }, () => ({ owner: 'ann', rows: [row] }));
    for (const { owner, rows } of [...uploadsOfAnn, { owner: 'bob', rows: Array(5000).fill(row) }]) {
      await enterUpload(database, expenses, 'expenses', { owner }, rows);
      await enterUpload(database, incomes, 'incomes', { owner }, rows);
      await enterUpload(database, budgets, 'budgets', { owner }, rows);
    }
    await addUpSummaries(database);
    const summaryNames = summaries.map(({ name }) => name).join(', ');
    await database.administrator.query(`ANALYZE TABLE expenses, incomes, budgets, uploads, ${summaryNames}`);

    for (const name of names) {
      const [plan] = await rowsOf<{ EXPLAIN: string }>(
        database.administrator,
        `EXPLAIN FORMAT=TREE SELECT * FROM ${name} WHERE owner = 'ann'`,
      );
      expect(plan?.EXPLAIN, name).not.toMatch(/(Table|Index) scan on (expenses|incomes|budgets)/);
    }
  });

  it('the views have no floating-point columns', async () => {
    const floats = await rowsOf<{ object: string; name: string }>(
      database.administrator,
      "SELECT table_name AS object, column_name AS name FROM information_schema.columns WHERE table_schema = ? AND data_type IN ('float', 'double')",
      [database.name],
    );
    expect(floats).toEqual([]);
  });
});
