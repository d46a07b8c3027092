import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { incomes } from '../feeds/incomes.ts';
import { byUpload, isPublished, isShown, monthOf, ownerOfUpload, rowCount, totalOf } from '../view-expressions.ts';

/** Where does the money come from? */
export const incomeBySourceMonth = mysqlView('v_income_by_source_month')
  .sqlSecurity('definer')
  .as((query) =>
    query
      .select({
        owner: ownerOfUpload,
        /** `YYYY-MM`. */
        month: monthOf(incomes.date).as('month'),
        currency: incomes.currency,
        source: incomes.source,
        /** Positive where received; what was taken back is taken off. */
        amount: totalOf(incomes.amount).as('amount'),
        transactions: rowCount.as('transactions'),
      })
      .from(uploads)
      .innerJoin(incomes, isPublished(incomes), byUpload)
      .where(isShown(incomes))
      .groupBy(uploads.owner, monthOf(incomes.date), incomes.currency, incomes.source),
  );
