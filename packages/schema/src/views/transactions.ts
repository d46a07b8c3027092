import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { byUpload, isPublished, isShown, ownerOfUpload } from '../view-expressions.ts';

/** Every payment, in or out: what are the single rows behind a figure, and from which file do they come? */
export const transactions = mysqlView('v_transactions')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        /** `income` or `expense`. */
        kind: kindOf('income').as('kind'),
        date: incomes.date,
        /** Who paid, or who was paid. */
        counterparty: sql<string>`${incomes.source}`.as('counterparty'),
        category: incomes.category,
        account: incomes.account,
        /** As in the feed: an income is positive where received, an expense positive where spent. */
        amount: incomes.amount,
        currency: incomes.currency,
        description: incomes.description,
        /** NULL for an income, and for an expense of no known place. */
        country: sql<string | null>`null`.as('country'),
        city: sql<string | null>`null`.as('city'),
        transaction_id: incomes.transactionId,
        upload_id: incomes.uploadId,
        /** Where the row stands in the upload's file: the header is 1. */
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

/** Not a bare literal: MySQL would refuse to compare it with that of a client whose collation is another. */
function kindOf(kind: 'income' | 'expense') {
  return sql<'income' | 'expense'>`cast(${sql.raw(`'${kind}'`)} as char(7))`;
}
