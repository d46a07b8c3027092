/** Tests the routes that read the database: uploads, quarantined rows, overlap, payments and charts. */
import { randomBytes } from 'node:crypto';
import { findVisual, visuals } from '@centflow/reports';
import { quarantinedRows, uploads } from '@centflow/schema/bookkeeping';
import { expenses, incomes } from '@centflow/schema/feeds';
import { enterUpload, type TestRow } from '@centflow/schema/testing/books';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RouteName } from '../contract/api.ts';
import { FINGERPRINTS_AT_MOST } from '../contract/preview.ts';
import { PROBE_OWNER } from '../probe-owner.ts';
import { type Ask, call } from './call.ts';
import { endow, startWorld, type World } from './world.ts';

let world: World;
let owners = 0;
let owner: string;
let token: string;

beforeAll(async () => {
  world = await startWorld();
  await endow(world, 'somebody else');
});
afterAll(() => world?.[Symbol.asyncDispose]());
beforeEach(async () => {
  owners += 1;
  owner = `owner ${owners}`;
  token = await world.tokenOf(owner);
});

const ask = (name: RouteName, request: Ask = {}) => call(world, name, token, request);

const coffee: TestRow<typeof expenses> = {
  date: '2025-03-02',
  merchant: 'Café',
  category: 'Eating out',
  account: 'Visa',
  amount: '3.5000',
  currency: 'EUR',
  description: 'Melange',
  country: 'AT',
  city: 'Wien',
};
const spend = (...rows: TestRow<typeof expenses>[]) => enterUpload(world, expenses, 'expenses', { owner }, rows);

/** Returns all pages of a list. */
async function pages(name: RouteName, member: string, query: Record<string, string> = {}, param = {}) {
  const found: Record<string, unknown>[][] = [];
  for (let next: string | undefined, more = true; more; more = next !== undefined) {
    const { body, status, text } = await ask(name, { param, query: { ...query, ...(next ? { cursor: next } : {}) } });
    expect(status, text).toBe(200);
    found.push(body[member]);
    next = body.next;
  }
  return found;
}

describe('the uploads that the API returns', () => {
  test('are listed page by page, each once, the newest first', async () => {
    const entered: number[] = [];
    for (let each = 0; each < 5; each += 1) entered.push(await spend(coffee));
    const found = await pages('listUploads', 'uploads', { limit: '2' });
    expect(found.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(found.flat().map(({ uploadId }) => uploadId)).toEqual(entered.reverse());
    expect(await pages('listUploads', 'uploads', { limit: '5' })).toHaveLength(1);
  });

  test('can be filtered by feed and state', async () => {
    await spend(coffee);
    const rejected = await enterUpload(world, incomes, 'incomes', { owner, state: 'rejected' }, []);
    expect((await ask('listUploads', { query: { state: 'rejected' } })).body.uploads).toMatchObject([
      { uploadId: rejected },
    ]);
    expect((await ask('listUploads', { query: { feed: 'incomes' } })).body.uploads).toHaveLength(1);
    expect((await ask('listUploads', { query: { feed: 'budgets' } })).body.uploads).toEqual([]);
  });

  test('have exact amounts, and UTC times to the microsecond', async () => {
    const uploadId = await spend(coffee);
    const amountRead = '12345678901234567890.1234';
    await world.tables
      .update(uploads)
      .set({ amountRead, amountPublished: amountRead, publishedAt: '2025-01-01 00:00:01.234567' })
      .where(eq(uploads.uploadId, uploadId));
    const { body } = await ask('getUpload', { param: { uploadId: String(uploadId) } });
    expect(body).toMatchObject({
      amountRead,
      receivedAt: '2025-01-01T00:00:00.000000Z',
      publishedAt: '2025-01-01T00:00:01.234567Z',
      secondsToVisible: 1.234567,
      quarantine: [],
    });
  });

  test.each(['0', '-1', '1e3', '0x1', ' 1', '1;drop table uploads', '9007199254740993', '99999999999999999999'])(
    'cannot be read with the invalid upload number %j',
    async (uploadId) => {
      expect((await ask('getUpload', { param: { uploadId } })).status).toBe(400);
    },
  );

  test.each([
    'not-a-cursor',
    Buffer.from('{"uploadId":"1 or 1=1"}').toString('base64url'),
    Buffer.from('{}').toString('base64url'),
  ])('cannot be listed with the invalid cursor %s', async (cursor) => {
    const { status, body } = await ask('listUploads', { query: { cursor } });
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toBe('/query/cursor');
  });

  test.each(['0', '201', '-1', 'all', ''])('cannot be listed with the page size %j', async (limit) => {
    expect((await ask('listUploads', { query: { limit } })).status).toBe(400);
  });
});

describe('the quarantined rows that the API returns', () => {
  test('are listed in the order of the file with their text, and counted by reason', async () => {
    const uploadId = await spend(coffee);
    const nasty = `<script>alert(1)</script>,"=cmd|' /C calc'!A0"`;
    await world.tables.insert(quarantinedRows).values(
      Array.from({ length: 7 }, (_, index) => ({
        uploadId,
        rowNo: index * 3 + 2,
        columnName: index === 0 ? null : 'amount',
        code: index < 2 ? 'ragged' : 'bad_number',
        message: 'It is wrong.',
        rawText: nasty,
      })),
    );
    const param = { uploadId: String(uploadId) };
    const found = await pages('listQuarantinedRows', 'rows', { limit: '3' }, param);
    expect(found.flat().map(({ rowNo }) => rowNo)).toEqual([2, 5, 8, 11, 14, 17, 20]);
    expect(found[0]?.[0]).toEqual({ rowNo: 2, column: null, code: 'ragged', message: 'It is wrong.', rawText: nasty });
    const { body } = await ask('getUpload', { param });
    expect(body.quarantine).toEqual([
      { code: 'bad_number', rows: 5 },
      { code: 'ragged', rows: 2 },
    ]);
  });
});

describe('findOverlap', () => {
  const digests = (...prints: Buffer[]) => Buffer.concat(prints).toString('base64');
  const year = { firstDate: '2025-01-01', lastDate: '2025-12-31' };
  const overlap = (fingerprints: string, others: object = {}) =>
    ask('findOverlap', { json: { feed: 'expenses', fingerprints, hasTransactionIds: false, ...year, ...others } });

  /** Creates an upload in March 2025 with one row per fingerprint. */
  async function hold(prints: readonly Buffer[], by = owner) {
    const rows = prints.map(() => coffee);
    const uploadId = await enterUpload(world, expenses, 'expenses', { owner: by }, rows);
    for (const [index, fingerprint] of prints.entries()) {
      await world.tables.execute(
        `update expenses set fingerprint = x'${fingerprint.toString('hex')}' where upload_id = ${uploadId} and row_no = ${index + 2}`,
      );
    }
    await world.tables
      .update(uploads)
      .set({ firstDate: '2025-03-02', lastDate: '2025-03-02' })
      .where(eq(uploads.uploadId, uploadId));
    const [upload] = await world.tables
      .select({ objectKey: uploads.objectKey })
      .from(uploads)
      .where(eq(uploads.uploadId, uploadId));
    return upload?.objectKey ?? '';
  }

  test('returns how often a row occurs in the other upload that contains it most often', async () => {
    const [one, two, three] = [randomBytes(16), randomBytes(16), randomBytes(16)];
    await hold([one, one, two]);
    await hold([one]);
    await hold([three], 'somebody else');
    const { body } = await overlap(digests(three, two, one));
    expect(body.held).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test('ignores the object to be replaced and rows outside the period', async () => {
    const one = randomBytes(16);
    const objectKey = await hold([one]);
    expect((await overlap(digests(one), { objectKey })).body.held).toEqual([]);
    expect((await overlap(digests(one), { firstDate: '2025-03-03' })).body.held).toEqual([]);
    expect((await overlap(digests(one), { firstDate: '2025-03-03', hasTransactionIds: true })).body.held).toEqual([
      [0, 1],
    ]);
    expect((await overlap(digests(one), { feed: 'incomes' })).body.held).toEqual([]);
  });

  test('accepts the maximum number of fingerprints and refuses more', async () => {
    const one = randomBytes(16);
    await hold([one]);
    const many = Buffer.concat([one, randomBytes((FINGERPRINTS_AT_MOST - 1) * 16)]);
    expect((await overlap(many.toString('base64'))).body.held).toEqual([[0, 1]]);
    expect((await overlap(Buffer.concat([many, randomBytes(16)]).toString('base64'))).status).toBe(400);
    expect((await overlap('A'.repeat(6_000_000))).status).toBe(413);
  });

  test.each([
    ['half a fingerprint', Buffer.alloc(8).toString('base64')],
    ['a repeated fingerprint', Buffer.alloc(32).toString('base64')],
    ['text that is not base64', "') or 1=1 --"],
    ['base64 with extra bits', 'AAAAAAAAAAAAAAAAAAAAAB=='],
  ])('refuses %s', async (_, fingerprints) => {
    const { status, body } = await overlap(fingerprints);
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toBe('/json/fingerprints');
  });

  test('refuses a period that ends before it begins, and an invalid date', async () => {
    expect((await overlap('', { firstDate: '2026-01-01' })).body.errors[0].pointer).toBe('/json/lastDate');
    expect((await overlap('', { firstDate: '2025-02-30' })).body.errors[0].pointer).toBe('/json/firstDate');
  });
});

describe('the payments that the API returns', () => {
  const search = (query: Record<string, string>) =>
    ask('searchTransactions', { query }).then(({ body }) => body.transactions);

  test('are found by any part of their text, in any letter case and with any accents', async () => {
    await spend(coffee, { ...coffee, merchant: 'Bäckerei', description: 'Brot' });
    for (const q of ['cafe', 'CAFÉ', 'melANGE', 'eating', 'af']) {
      expect(
        (await search({ q })).map(({ counterparty }: { counterparty: string }) => counterparty),
        q,
      ).toContain('Café');
    }
    expect(await search({ q: 'backer' })).toHaveLength(1);
    expect(await search({ q: 'zzz' })).toEqual([]);
  });

  test('are searched with wildcards and quotes as ordinary characters', async () => {
    const odd = ['100%', 'a_b', 'a\\b', "o'hara", 'x!y', '"quoted"', '%', '_'];
    await spend(...odd.map((merchant) => ({ ...coffee, merchant, description: '', category: 'c' })));
    const found = async (q: string) =>
      (await search({ q })).map(({ counterparty }: { counterparty: string }) => counterparty).sort();
    expect(await found('%')).toEqual(['%', '100%']);
    expect(await found('_')).toEqual(['_', 'a_b']);
    for (const merchant of odd.filter((each) => each.length > 1)) expect(await found(merchant)).toEqual([merchant]);
  });

  test('belong to the owner for any search text, and no search fails', async () => {
    await spend(coffee);
    const injections = [
      `' or 1=1 -- `,
      `') union select 1,2,3 -- `,
      `%' or owner like '%`,
      '\\',
      "\\' or 1=1 #",
      '!',
      '\u0000',
      '?',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...injections), fc.string({ unit: 'binary', maxLength: 60 })),
        async (text) => {
          for (const name of ['q', 'category', 'account']) {
            const answer = await ask('searchTransactions', { query: { [name]: text } });
            expect(answer.status).toBe(200);
            for (const each of answer.body.transactions) expect(each.objectKey).toContain(`owner=${owner}/`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('can be filtered by day, kind, currency and exact amount', async () => {
    await spend(
      coffee,
      { ...coffee, amount: '100000000000000.0001', currency: 'USD' },
      { ...coffee, amount: '100000000000000.0002', date: '2025-12-31' },
    );
    await enterUpload(world, incomes, 'incomes', { owner }, [
      {
        date: '2025-03-01',
        source: 'Works',
        category: 'Salary',
        account: 'Giro',
        amount: '1000.0000',
        currency: 'EUR',
        description: '',
      },
    ]);
    expect(await search({ min: '100000000000000.0002' })).toMatchObject([{ amount: '100000000000000.0002' }]);
    expect(await search({ max: '3.5', min: '3.50' })).toHaveLength(1);
    expect(await search({ kind: 'income' })).toMatchObject([
      { counterparty: 'Works', country: null, transactionId: null },
    ]);
    expect(await search({ from: '2025-12-31' })).toHaveLength(1);
    expect(await search({ from: '2025-03-01', to: '2025-03-02', currency: 'EUR' })).toHaveLength(2);
    expect(await search({ category: 'Salary', account: 'Giro' })).toHaveLength(1);
  });

  test('are returned with the object and the row that they come from', async () => {
    const uploadId = await spend(coffee, coffee);
    const [first] = await search({});
    expect(first).toMatchObject({ uploadId, rowNo: 3 });
    expect(first.objectKey).toMatch(new RegExp(`^raw/expenses/owner=${owner}/`));
  });

  test('are listed page by page, each once, even if one day has many', async () => {
    const rows = Array.from({ length: 11 }, (_, index) => ({
      ...coffee,
      date: `2025-03-0${1 + (index % 3)}`,
      amount: `${index}.0000`,
    }));
    await spend(...rows.slice(0, 6));
    await spend(...rows.slice(6));
    const found = (await pages('searchTransactions', 'transactions', { limit: '3' })).flat();
    expect(new Set(found.map(({ amount }) => amount)).size).toBe(11);
    const days = found.map(({ date }) => String(date));
    expect(days).toEqual([...days].sort().reverse());
  });

  test('are each listed once even if many rows are outside the recorded period of their upload', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      ...coffee,
      amount: `${index}.0000`,
      date: `2024-0${1 + (index % 9)}-15`,
    }));
    const uploadId = await spend(...rows);
    const covered = { firstDate: '2024-01-01', lastDate: '2025-12-31', rowsRead: 100_000, rowsPublished: 100_000 };
    await world.tables.update(uploads).set(covered).where(eq(uploads.uploadId, uploadId));
    const found = (await pages('searchTransactions', 'transactions', { limit: '7' })).flat();
    expect(new Set(found.map(({ amount }) => amount)).size).toBe(60);
    expect(found).toHaveLength(60);
  });

  test.each([
    { min: '1,5' },
    { min: '1e5' },
    { max: 'NaN' },
    { from: '2025-02-30' },
    { from: '01.02.2025' },
    { kind: 'gift' },
    { currency: 'eur' },
    { q: 'x'.repeat(101) },
    { limit: '1000' },
    { sort: 'amount' },
  ])('cannot be searched with %j', async (query) => {
    const { status, body } = await ask('searchTransactions', { query: query as unknown as Record<string, string> });
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toMatch(/^\/query/);
  });
});

describe('the charts that the API returns', () => {
  test.each(visuals.map(({ id }) => id))(
    'include %s with its columns and without data of other owners',
    async (visualId) => {
      const empty = await ask('getVisual', { param: { visualId } });
      expect(empty.status, empty.text).toBe(200);
      await spend(coffee);
      const { status, text, body } = await ask('getVisual', { param: { visualId }, query: { currency: 'EUR' } });
      expect(status).toBe(200);
      expect(body.columns.length).toBeGreaterThan(0);
      for (const row of body.rows) expect(row).toHaveLength(body.columns.length);
      expect(text).not.toContain('secret-of');
    },
  );

  test('can be filtered only by the columns of their drill', async () => {
    await spend(coffee, { ...coffee, category: 'Rent', merchant: 'Landlord' });
    const visualId = 'spending-by-merchant';
    expect(findVisual(visualId)).toBeDefined();
    const narrowed = await ask('getVisual', { param: { visualId }, query: { drill: '{"category":"Rent"}' } });
    expect(narrowed.body.rows).toEqual([['Landlord', '3.5000']]);
    for (const drill of [
      '{"owner":"somebody else"}',
      '{"upload_id":"1"}',
      '{"1=1 or category":"x"}',
      '[]',
      'null',
      '{"category":1}',
      '{',
    ]) {
      expect((await ask('getVisual', { param: { visualId }, query: { drill } })).status, drill).toBe(400);
    }
  });

  test('cannot be read with an unknown chart id or invalid months', async () => {
    expect((await ask('getVisual', { param: { visualId: 'constructor' } })).status).toBe(404);
    const param = { visualId: 'spending-by-category' };
    for (const from of ['2025-13', '2025', "2025-01' or 1=1"]) {
      expect((await ask('getVisual', { param, query: { from } })).body.errors[0].pointer).toBe('/query/from');
    }
  });

  test('include the values that their filters offer', async () => {
    expect((await ask('getChoices')).body).toEqual({
      ...{ currencies: [], categories: [], accounts: [], firstMonth: null, lastMonth: null },
    });
    await spend(coffee);
    expect((await ask('getChoices')).body).toEqual({
      ...{ currencies: ['EUR'], categories: ['Eating out'], accounts: ['Visa'] },
      ...{ firstMonth: '2025-03', lastMonth: '2025-03' },
    });
  });

  test('offer filter values of a new upload immediately, and no values of a removed upload', async () => {
    await spend(coffee);
    const yen = [1, 2].map(() => ({ ...coffee, currency: 'JPY', amount: '500.0000', category: 'Travel' }));
    const uploadId = await enterUpload(world, expenses, 'expenses', { owner, state: 'loading' }, yen);
    const shown = async () => {
      const [offered, drawn] = [
        await ask('getChoices'),
        await ask('getVisual', { param: { visualId: 'expense-figure' } }),
      ];
      return { currencies: offered.body.currencies, categories: offered.body.categories, drawnIn: drawn.body.currency };
    };
    const becomes = (state: 'published' | 'retired') =>
      world.tables.update(uploads).set({ state }).where(eq(uploads.uploadId, uploadId));

    const before = { currencies: ['EUR'], categories: ['Eating out'], drawnIn: 'EUR' };
    expect(await shown()).toEqual(before);
    await becomes('published');
    expect(await shown()).toEqual({
      ...{ currencies: ['JPY', 'EUR'], categories: ['Eating out', 'Travel'] },
      drawnIn: 'JPY',
    });
    await becomes('retired');
    expect(await shown()).toEqual(before);
  });
});

describe('the pipeline route for operators', () => {
  const operator = () => world.token({ 'cognito:groups': ['operators'] });

  test('shows operators the uploads of every owner, without amounts or rows', async () => {
    const uploadId = await enterUpload(world, expenses, 'expenses', { owner, state: 'rejected' }, []);
    await world.tables
      .update(uploads)
      .set({
        reasonCode: 'not_utf8',
        reason: 'Row 2, column merchant: Café',
        amountRead: '77.7700',
        amountQuarantined: '77.7700',
      })
      .where(eq(uploads.uploadId, uploadId));
    // The newest upload belongs to no person.
    await enterUpload(world, expenses, 'expenses', { owner: PROBE_OWNER }, []);
    const { body, text } = await call(world, 'listPipelineUploads', await operator(), { query: { limit: '1' } });
    expect(body.uploads).toMatchObject([{ uploadId, owner, state: 'rejected', reasonCode: 'not_utf8' }]);
    expect(text).not.toMatch(/77\.77|Café|amount/);
    expect(body.next).toBeDefined();
  });

  test('returns the median and the 95th percentile of the loading times per day', async () => {
    await world.tables.execute('delete from uploads where published_at >= utc_date() - interval 31 day');
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const probe = await enterUpload(world, expenses, 'expenses', { owner: PROBE_OWNER }, []);
    const taken = { receivedAt: `${day} 10:00:00.000000`, publishedAt: `${day} 11:00:00.000000` };
    await world.tables.update(uploads).set(taken).where(eq(uploads.uploadId, probe));
    for (let seconds = 1; seconds <= 20; seconds += 1) {
      const uploadId = await spend(coffee);
      const publishedAt = `${day} 10:00:${String(seconds).padStart(2, '0')}.000000`;
      await world.tables
        .update(uploads)
        .set({ receivedAt: `${day} 10:00:00.000000`, publishedAt })
        .where(eq(uploads.uploadId, uploadId));
    }
    const { body } = await call(world, 'getLatency', await operator());
    expect(body.days).toEqual([{ day, uploads: 20, p50: 10, p95: 19 }]);
  });
});
