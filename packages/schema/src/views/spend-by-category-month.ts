import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { expenses } from '../feeds/expenses.ts';
import { byUpload, isPublished, isShown, monthOf, ownerOfUpload, rowCount, totalOf } from '../view-expressions.ts';

/** What is the money spent on? */
export const spendByCategoryMonth = mysqlView('v_spend_by_category_month')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        /** `YYYY-MM`. */
        month: monthOf(expenses.date).as('month'),
        currency: expenses.currency,
        category: expenses.category,
        /** Positive where spent; refunds are taken off. */
        amount: totalOf(expenses.amount).as('amount'),
        /** Payments and refunds alike. */
        transactions: rowCount.as('transactions'),
      })
      .from(uploads)
      .innerJoin(expenses, isPublished(expenses), byUpload)
      .where(isShown(expenses))
      .groupBy(uploads.owner, monthOf(expenses.date), expenses.currency, expenses.category),
  );
