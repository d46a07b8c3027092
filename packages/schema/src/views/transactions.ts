import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { byUpload, isPublished, isShown, ownerOfUpload } from '../view-expressions.ts';

/** One row for each payment, in or out. */
export const transactions = mysqlView('v_transactions')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        /** `income` or `expense`. */
        kind: kindOf('income').as('kind'),
        date: incomes.date,
        /** Who paid or was paid. */
        counterparty: typed(sql<string>`${incomes.source}`, incomes.source).as('counterparty'),
        category: incomes.category,
        account: incomes.account,
        /** As in the feed: an income is positive if received, an expense is positive if spent. */
        amount: incomes.amount,
        currency: incomes.currency,
        description: incomes.description,
        /** NULL for an income, and for an expense without a known country. */
        country: typed(sql<string | null>`null`, expenses.country).as('country'),
        city: typed(sql<string | null>`null`, expenses.city).as('city'),
        transaction_id: incomes.transactionId,
        upload_id: incomes.uploadId,
        /** The row's number in the upload's file: the header is 1. */
        row_no: incomes.rowNo,
      })
      .from(uploads)
      .innerJoin(incomes, isPublished(incomes), byUpload)
      .where(isShown(incomes))
      .unionAll(
        query
          .select({
            owner: ownerOfUpload,
            kind: kindOf('expense').as('kind'),
            date: expenses.date,
            counterparty: sql<string>`${expenses.merchant}`.as('counterparty'),
            category: expenses.category,
            account: expenses.account,
            amount: expenses.amount,
            currency: expenses.currency,
            description: expenses.description,
            country: sql<string | null>`${expenses.country}`.as('country'),
            city: sql<string | null>`${expenses.city}`.as('city'),
            transaction_id: expenses.transactionId,
            upload_id: expenses.uploadId,
            row_no: expenses.rowNo,
          })
          .from(uploads)
          .innerJoin(expenses, isPublished(expenses), byUpload)
          .where(isShown(expenses)),
      ),
  );

/** The cast gives the text the column's collation. MySQL refuses to compare a bare literal across collations. */
function kindOf(kind: 'income' | 'expense') {
  return typed(sql<'income' | 'expense'>`cast(${sql.raw(`'${kind}'`)} as char(7))`, 'varchar(7)');
}

export default defineView(transactions, {
  question: 'Which single payments are behind a figure, and which file is each from?',
  audience: 'reports',
});
