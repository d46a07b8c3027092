/** Tests the views that describe uploads and their rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { uploadStates } from '../bookkeeping/uploads.ts';
import { budgets } from '../feeds/budgets.ts';
import { expenses } from '../feeds/expenses.ts';
import { rowsOf } from '../session.ts';
import { enterUpload, type TestRow } from '../testing/books.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';

const coffee: TestRow<typeof expenses> = {
  date: '2025-03-02',
  merchant: 'Café',
  category: 'Eating out',
  account: 'Checking',
  amount: '2.5000',
  currency: 'EUR',
  description: '',
};

describe('the views about uploads', () => {
  let database: TestDatabase;
  const uploadsOf: Partial<Record<string, number>> = {};

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const state of uploadStates) {
      const uploadId = await enterUpload(database, expenses, 'expenses', { state }, [
        coffee,
        { ...coffee, shadowed: true },
      ]);
      uploadsOf[state] = uploadId;
      const quarantined = { uploadId, columnName: 'date', message: 'No day.', rawText: '2025-02-30,"a\nb"' };
      await database.tables.insert(quarantinedRows).values([
        { ...quarantined, rowNo: 4, code: 'bad_date' },
        { ...quarantined, rowNo: 5, code: 'bad_date' },
        { ...quarantined, rowNo: 7, code: 'ragged_row', columnName: null },
      ]);
    }
    await enterUpload(database, budgets, 'budgets', {}, [
      { month: '2025-03', category: 'Rent', amount: '1', currency: 'EUR' },
    ]);
    const uploadOfBob = await enterUpload(database, expenses, 'expenses', { owner: 'bob' }, [coffee]);
    await database.tables
      .insert(quarantinedRows)
      .values({ uploadId: uploadOfBob, rowNo: 3, code: 'bad_date', message: '', rawText: '' });
  });
  afterAll(() => database?.drop());

  const read = async (sql: string) =>
    (await rowsOf<Record<string, unknown>>(database.administrator, sql)).map((row) => Object.values(row));

  it('v_quarantined_rows shows the rows of published and rejected uploads, with their text in the file', async () => {
    const found = await read(
      "SELECT upload_id, feed, row_no, column_name, code, message, raw_text FROM v_quarantined_rows WHERE owner = 'ann' ORDER BY upload_id, row_no",
    );
    const rows = (uploadId: number | undefined) => [
      [uploadId, 'expenses', 4, 'date', 'bad_date', 'No day.', '2025-02-30,"a\nb"'],
      [uploadId, 'expenses', 5, 'date', 'bad_date', 'No day.', '2025-02-30,"a\nb"'],
      [uploadId, 'expenses', 7, null, 'ragged_row', 'No day.', '2025-02-30,"a\nb"'],
    ];
    expect(found).toEqual([...rows(uploadsOf.published), ...rows(uploadsOf.rejected)]);
  });

  it('v_quarantine_by_reason counts quarantined rows and their uploads', async () => {
    expect(
      await read(
        'SELECT owner, feed, month_received, code, quarantined_rows, uploads FROM v_quarantine_by_reason ORDER BY owner, code',
      ),
    ).toEqual([
      ['ann', 'expenses', '2025-01', 'bad_date', 4, 2],
      ['ann', 'expenses', '2025-01', 'ragged_row', 2, 2],
      ['bob', 'expenses', '2025-01', 'bad_date', 1, 1],
    ]);
  });

  it('v_row_identities lists all good rows of published uploads, including shadowed rows', async () => {
    const found = await read(
      "SELECT feed, row_date, count(*), count(DISTINCT fingerprint) FROM v_row_identities WHERE owner = 'ann' GROUP BY feed, row_date ORDER BY feed",
    );
    expect(found).toEqual([
      ['budgets', '2025-03-01', 1, 1],
      ['expenses', '2025-03-02', 2, 2],
    ]);
  });

  it('v_upload_progress shows uploads in every state', async () => {
    expect(
      await read(
        "SELECT state, received_at, published_at FROM v_upload_progress WHERE owner = 'ann' AND feed = 'expenses' ORDER BY upload_id",
      ),
    ).toEqual(uploadStates.map((state) => [state, '2025-01-01 00:00:00.000000', null]));
  });
});
