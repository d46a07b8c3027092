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

const accounting = ['rows_read', 'rows_published', 'rows_duplicate', 'rows_quarantined'];
const amounts = ['amount_read', 'amount_published', 'amount_duplicate', 'amount_quarantined'];
const payment = ['date', 'counterparty', 'category', 'account', 'amount', 'currency', 'description', 'country', 'city'];

/** What people and dashboards were told each view has, in this order. */
const columns: Record<string, readonly string[]> = {
  v_transactions: ['owner', 'kind', ...payment, 'transaction_id', 'upload_id', 'row_no'],
  v_monthly_cash_flow: ['owner', 'month', 'currency', 'income', 'expense', 'net', 'savings_rate'],
  v_spend_by_category_month: ['owner', 'month', 'currency', 'category', 'amount', 'transactions'],
  v_income_by_source_month: ['owner', 'month', 'currency', 'source', 'amount', 'transactions'],
  v_budget_vs_actual: ['owner', 'month', 'currency', 'category', 'budget', 'actual', 'remaining'],
  v_account_balance: ['owner', 'account', 'currency', 'date', 'movement', 'balance'],
  v_spend_by_place: ['owner', 'month', 'currency', 'country', 'city', 'amount', 'transactions'],
  v_spend_by_merchant_month: ['owner', 'month', 'currency', 'category', 'merchant', 'amount', 'transactions'],
  v_spend_by_day: ['owner', 'date', 'currency', 'category', 'amount', 'transactions'],
  v_quarantined_rows: [
    ...['owner', 'feed', 'upload_id', 'object_key', 'row_no', 'column_name', 'code', 'message', 'raw_text'],
  ],
  v_quarantine_by_reason: ['owner', 'feed', 'month_received', 'code', 'quarantined_rows', 'uploads'],
  v_row_identities: ['owner', 'feed', 'upload_id', 'row_date', 'fingerprint'],
  v_upload_progress: [
    ...['upload_id', 'owner', 'feed', 'object_key', 'version_id', 'state', 'reason_code', 'job_run_id', 'size_bytes'],
    ...['last_modified', 'first_date', 'last_date'],
    ...['received_at', 'loading_at', 'loaded_at', 'published_at', 'updated_at'],
  ],
  v_upload_accounting: [
    ...['upload_id', 'owner', 'feed', 'object_key', 'version_id', 'state', ...accounting, ...amounts],
    ...['reason', 'received_at', 'published_at', 'seconds_to_visible'],
  ],
};

describe('the views', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  const names = views.map((view) => getViewConfig(view).name);

  it('are these, with the columns that people were told', async () => {
    const found = await rowsOf<{ view: string; name: string }>(
      database.administrator,
      'SELECT table_name AS view, column_name AS name FROM information_schema.columns JOIN information_schema.views USING (table_schema, table_name) WHERE table_schema = ? ORDER BY table_name, ordinal_position',
      [database.name],
    );
    const byView = Object.groupBy(found, ({ view }) => view);
    expect(Object.keys(byView).sort()).toEqual([...names].sort());
    expect(Object.keys(columns).sort()).toEqual([...names].sort());
    for (const [view, expected] of Object.entries(columns)) {
      expect({ view, columns: byView[view]?.map(({ name }) => name) }).toEqual({ view, columns: expected });
    }
  });

  it('are called v_ and a question', () => {
    for (const name of names) expect(name).toMatch(/^v_[a-z_]+$/);
  });

  it('stand over tables only: drizzle-kit makes them in the order of their names', async () => {
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

  it("say themselves that they run with their definer's rights", () => {
    for (const view of views) {
      const { name, sqlSecurity } = getViewConfig(view) as { name: string; sqlSecurity?: string };
      expect({ name, sqlSecurity }).toEqual({ name, sqlSecurity: 'definer' });
    }
  });

  it('have no column, and stand over no table, that people would have to quote', async () => {
    const reserved = await rowsOf<{ object: string; name: string }>(
      database.administrator,
      'SELECT table_name AS object, column_name AS name FROM information_schema.columns JOIN information_schema.keywords ON word = upper(column_name) WHERE table_schema = ? AND reserved = 1',
      [database.name],
    );
    expect(reserved).toEqual([]);
  });

  it('read the rows of one owner alone, however many another has', async () => {
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

  it('tell no amount, rate or time as a float', async () => {
    const floats = await rowsOf<{ object: string; name: string }>(
      database.administrator,
      "SELECT table_name AS object, column_name AS name FROM information_schema.columns WHERE table_schema = ? AND data_type IN ('float', 'double')",
      [database.name],
    );
    expect(floats).toEqual([]);
  });
});
