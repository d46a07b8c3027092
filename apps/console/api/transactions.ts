/** Searches payments. */
import { newestPayments, type Reader } from '@centflow/reports/query';
import { transactions as payments, uploadProgress as progress } from '@centflow/schema/views';
import { and, desc, eq, gte, inArray, lte, or, type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import * as z from 'zod';
import { type Handlers, ownerOf, requesterOf } from './context.ts';
import type { TransactionSearch } from './contract/transactions.ts';
import { date } from './contract/words.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Database } from './database.ts';

const PAYMENTS_WITHOUT_LIMIT = 50;

/** The last payment of a page, which the upload and the row number identify. */
const position = z.strictObject({ date, uploadId: z.int(), rowNo: z.int() });
type Position = z.infer<typeof position>;

export function transactionHandlers(database: Database): Pick<Handlers, 'searchTransactions'> {
  return {
    async searchTransactions(context) {
      const owner = ownerOf(context);
      const search = context.req.valid('query');
      const { cursor, limit = PAYMENTS_WITHOUT_LIMIT } = search;
      const last = cursor === undefined ? undefined : readCursor(cursor, position);
      const wanted = and(eq(payments.owner, owner), matches(search), last && isAfter(last));

      const days = { from: search.from, to: [search.to, last?.date].filter((day) => day !== undefined).sort()[0] };
      // The two queries share one turn, so the request waits only once.
      const { found, page, keys } = await database.query(requesterOf(context), async (views) => {
        const found = await newestPayments(views, owner, days, limit + 1, (reader, condition) =>
          newestOf(reader, limit + 1, and(wanted, condition)),
        );
        const page = found.slice(0, limit);
        return { found, page, keys: await objectKeys(views, owner, page) };
      });
      const end = page.at(-1);
      const next =
        found.length > limit && end
          ? { next: writeCursor({ date: end.date, uploadId: end.uploadId, rowNo: end.rowNo }) }
          : {};
      const transactions = page.map((payment) => ({ ...payment, objectKey: keys.get(payment.uploadId) ?? '' }));
      return context.json({ transactions, ...next }, 200);
    },
  };
}

function newestOf(views: Reader, limit: number, wanted: SQL | undefined) {
  return views
    .select({
      kind: payments.kind,
      date: payments.date,
      counterparty: payments.counterparty,
      category: payments.category,
      account: payments.account,
      amount: payments.amount,
      currency: payments.currency,
      description: payments.description,
      country: payments.country,
      city: payments.city,
      transactionId: payments.transaction_id,
      uploadId: payments.upload_id,
      rowNo: payments.row_no,
    })
    .from(payments)
    .where(wanted)
    .orderBy(desc(payments.date), desc(payments.upload_id), desc(payments.row_no))
    .limit(limit);
}

function matches({ q, from, to, kind, category, account, currency, min, max }: TransactionSearch): SQL | undefined {
  return and(
    q ? contains(q) : undefined,
    from ? gte(payments.date, from) : undefined,
    to ? lte(payments.date, to) : undefined,
    kind ? eq(payments.kind, kind) : undefined,
    category === undefined ? undefined : eq(payments.category, category),
    account === undefined ? undefined : eq(payments.account, account),
    currency ? eq(payments.currency, currency) : undefined,
    min ? sql`${payments.amount} >= cast(${min} as decimal(19,4))` : undefined,
    max ? sql`${payments.amount} <= cast(${max} as decimal(19,4))` : undefined,
  );
}

/** Matches text anywhere, in any letter case and with any accents. `%` and `_` are ordinary characters. */
function contains(text: string): SQL | undefined {
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`;
  const columns = [payments.counterparty, payments.description, payments.category, payments.transaction_id];
  return or(...columns.map((column) => sql`${column} like ${pattern} collate utf8mb4_0900_ai_ci escape '!'`));
}

function isAfter({ date, uploadId, rowNo }: Position): SQL {
  return sql`(${payments.date}, ${payments.upload_id}, ${payments.row_no}) < (${date}, ${uploadId}, ${rowNo})`;
}

async function objectKeys(
  views: MySql2Database,
  owner: string,
  page: readonly { readonly uploadId: number }[],
): Promise<ReadonlyMap<number, string>> {
  if (page.length === 0) return new Map();
  const uploadIds = page.map(({ uploadId }) => uploadId);
  const found = await views
    .select({ uploadId: progress.upload_id, objectKey: progress.object_key })
    .from(progress)
    .where(and(eq(progress.owner, owner), inArray(progress.upload_id, [...new Set(uploadIds)])));
  return new Map(found.map(({ uploadId, objectKey }) => [uploadId, objectKey]));
}
