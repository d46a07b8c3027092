import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { expenses } from '../feeds/expenses.ts';
import { byUpload, isPublished, isShown, monthOf, ownerOfUpload, rowCount, totalOf } from '../view-expressions.ts';

/** Where is the money spent? */
export const spendByPlace = mysqlView('v_spend_by_place')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        /** `YYYY-MM`. */
        month: monthOf(expenses.date).as('month'),
        currency: expenses.currency,
        /** ISO 3166-1 alpha-2; NULL where the file does not say. */
        country: expenses.country,
        /** NULL where the file does not say. */
        city: expenses.city,
        /** Positive where spent; refunds are taken off. */
        amount: totalOf(expenses.amount).as('amount'),
        /** Payments and refunds alike. */
        transactions: rowCount.as('transactions'),
      })
      .from(uploads)
      .innerJoin(expenses, isPublished(expenses), byUpload)
      .where(isShown(expenses))
      .groupBy(uploads.owner, monthOf(expenses.date), expenses.currency, expenses.country, expenses.city),
  );
