import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { defineView } from '../define-view.ts';
import { typed } from '../expression-types.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { byUpload, isPublished, isShown, ownerOfUpload } from '../view-expressions.ts';

/** One row for each payment, which is either an income or an expense. */
export const transactions = mysqlView('v_transactions')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        /** `income` or `expense`. */
        kind: kindOf('income').as('kind'),
        date: incomes.date,
        /** The person or company that paid, or that was paid. */
        counterparty: typed(sql<string>`${incomes.source}`, incomes.source).as('counterparty'),
        category: incomes.category,
        account: incomes.account,
        /** The amount as in the feed. A received income is positive, and a spent expense is positive. */
        amount: incomes.amount,
        currency: incomes.currency,
        description: incomes.description,
        /** NULL for all incomes, and for expenses without a known country. */
        country: typed(sql<string | null>`null`, expenses.country).as('country'),
        city: typed(sql<string | null>`null`, expenses.city).as('city'),
        transaction_id: incomes.transactionId,
        upload_id: incomes.uploadId,
        /** The row number in the upload's file. The header is row 1. */
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

/**
 * The cast gives the literal the collation of a column. MySQL would refuse to compare a bare literal with text in
 * another collation.
 */
function kindOf(kind: 'income' | 'expense') {
  return typed(sql<'income' | 'expense'>`cast(${sql.raw(`'${kind}'`)} as char(7))`, 'varchar(7)');
}

export default defineView(transactions, {
  question: 'Which payments make up a figure, and which file does each payment come from?',
  audience: 'reports',
});
