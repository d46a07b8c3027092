import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../session.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { uploads } from './uploads.ts';

describe('the table uploads', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  let inserted = 0;
  /** Inserts an upload with the given values. Uses a new key unless a key is given. */
  const enter = async (values: Partial<typeof uploads.$inferInsert>): Promise<number> => {
    inserted += 1;
    const [{ insertId }] = await database.tables
      .insert(uploads)
      .values({
        owner: 'ann',
        objectKey: `raw/expenses/${inserted}.csv`,
        versionId: 'null',
        state: 'published',
        receivedAt: '2025-01-01 00:00:00.000001',
        updatedAt: '2025-01-01 00:00:00.000001',
        ...values,
      })
      .catch((error: { cause: unknown }) => {
        throw error.cause;
      });
    return insertId;
  };

  it('rejects an upload if its row counts do not add up to the rows read', async () => {
    await enter({ rowsRead: 10, rowsPublished: 6, rowsDuplicate: 3, rowsQuarantined: 1 });
    await expect(enter({ rowsRead: 10, rowsPublished: 6, rowsDuplicate: 3 })).rejects.toThrow(
      "Check constraint 'uploads_rows_accounted' is violated.",
    );
  });

  it('rejects an upload if the sum of its amounts differs from the amount read, even in the last decimal', async () => {
    await enter({ amountRead: '0.3000', amountPublished: '0.1000', amountDuplicate: '0.2000' });
    await expect(enter({ amountRead: '0.3001', amountPublished: '0.1000', amountDuplicate: '0.2000' })).rejects.toThrow(
      "Check constraint 'uploads_amounts_accounted' is violated.",
    );
  });

  it('rejects an update after which the row counts do not add up', async () => {
    const id = await enter({ rowsRead: 2, rowsPublished: 2 });
    await expect(
      database.administrator.query('UPDATE uploads SET rows_duplicate = 1 WHERE upload_id = ?', [id]),
    ).rejects.toThrow("Check constraint 'uploads_rows_accounted' is violated.");
    await database.administrator.query(
      'UPDATE uploads SET rows_published = 1, rows_duplicate = 1 WHERE upload_id = ?',
      [id],
    );
  });

  it('stores each version of a key only once, and distinguishes similar keys', async () => {
    const objectKey = 'raw/expenses/Straße.csv';
    await enter({ objectKey, versionId: 'v1' });
    await enter({ objectKey, versionId: 'v2' });
    await enter({ objectKey, versionId: 'V1' });
    for (const lookalike of ['raw/expenses/STRASSE.csv', 'raw/expenses/strasse.csv', `${objectKey} `]) {
      await enter({ objectKey: lookalike, versionId: 'v1' });
    }
    await expect(enter({ objectKey, versionId: 'v1' })).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
  });

  it("calculates a key's digest from the UTF-8 bytes, up to the 1,024 bytes that S3 allows", async () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(key, async (text) => {
        inserted += 1;
        const objectKey = `${inserted}/${text}`;
        const id = await enter({ objectKey });
        const [row] = await rowsOf<{ object_key: string; object_key_sha256: Buffer }>(
          database.administrator,
          'SELECT object_key, object_key_sha256 FROM uploads WHERE upload_id = ?',
          [id],
        );
        expect(row?.object_key).toBe(objectKey);
        expect(row?.object_key_sha256).toEqual(createHash('sha256').update(objectKey, 'utf8').digest());
      }),
      { numRuns: 40 },
    );
    await enter({ objectKey: 'k'.repeat(1024) });
  });

  it('distinguishes owners by letter case, accents and trailing spaces', async () => {
    const owners = ['zoe', 'Zoe', 'zoë', 'zoe '];
    for (const owner of owners) await enter({ owner });
    const found = await rowsOf<{ owner: string }>(
      database.administrator,
      "SELECT owner FROM v_upload_accounting WHERE owner <> 'ann' GROUP BY owner",
    );
    expect(found.map(({ owner }) => owner).sort()).toEqual([...owners].sort());
  });
});
