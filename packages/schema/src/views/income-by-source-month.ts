import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { incomes } from '../feeds/incomes.ts';
import { byUpload, isPublished, isShown, monthOf, rowCount, totalOf } from '../view-expressions.ts';

/** Where does the money come from? */
export const incomeBySourceMonth = mysqlView('v_income_by_source_month')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: uploads.owner,
        /** `YYYY-MM`. */
        month: monthOf(incomes.date).as('month'),
        currency: incomes.currency,
        source: incomes.source,
        /** Positive where received; what was taken back is taken off. */
        amount: totalOf(incomes.amount).as('amount'),
        transactions: rowCount.as('transactions'),
      })
      .from(incomes, byUpload)
      .innerJoin(uploads, isPublished(incomes))
      .where(isShown(incomes))
      .groupBy(uploads.owner, monthOf(incomes.date), incomes.currency, incomes.source),
  );
