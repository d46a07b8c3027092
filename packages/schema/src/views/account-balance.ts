import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { expenses } from '../feeds/expenses.ts';
import { incomes } from '../feeds/incomes.ts';
import { asTotal, byUpload, isPublished, isShown, ownerOfUpload, totalOf } from '../view-expressions.ts';

/**
 * How does the money in an account rise and fall? One row for each day on which something moved.
 *
 * The balance counts from nothing at the first row on file: what the account held before is not known.
 */
export const accountBalance = mysqlView('v_account_balance')
  .sqlSecurity('definer')
  .as((query) => {
    const movements = query
      .select({
        owner: ownerOfUpload,
        account: incomes.account,
        currency: incomes.currency,
        date: incomes.date,
        movement: totalOf(incomes.amount).as('movement'),
      })
      .from(uploads)
      .innerJoin(incomes, isPublished(incomes), byUpload)
      .where(isShown(incomes))
      .groupBy(uploads.owner, incomes.account, incomes.currency, incomes.date)
      .unionAll(
        query
          .select({
            owner: ownerOfUpload,
            account: expenses.account,
            currency: expenses.currency,
            date: expenses.date,
            movement: totalOf(sql`-${expenses.amount}`).as('movement'),
          })
          .from(uploads)
          .innerJoin(expenses, isPublished(expenses), byUpload)
          .where(isShown(expenses))
          .groupBy(uploads.owner, expenses.account, expenses.currency, expenses.date),
      )
      .as('movements');

    const running = sql`sum(sum(${movements.movement})) over (partition by ${movements.owner}, ${movements.account}, ${movements.currency} order by ${movements.date})`;
    return query
      .select({
        owner: movements.owner,
        account: movements.account,
        currency: movements.currency,
        date: movements.date,
        /** Incomes less expenses of the day. */
        movement: totalOf(movements.movement).as('movement'),
        /** Running sum of the movements, this day's included. */
        balance: asTotal(running).as('balance'),
      })
      .from(movements)
      .groupBy(movements.owner, movements.account, movements.currency, movements.date);
  });
