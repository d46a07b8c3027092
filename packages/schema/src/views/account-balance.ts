import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import expensesByAccountDay from '../summaries/expenses-by-account-day.ts';
import incomesByAccountDay from '../summaries/incomes-by-account-day.ts';
import { asTotal, totalOf } from '../view-expressions.ts';
import { totalsOf, unionOf } from '../view-totals.ts';

const movements = unionOf('movements', [
  ...totalsOf(incomesByAccountDay, ({ by, amount }) => ({
    account: by('account'),
    currency: by('currency'),
    date: by('date'),
    movement: amount,
  })),
  ...totalsOf(expensesByAccountDay, ({ by, amount }) => ({
    account: by('account'),
    currency: by('currency'),
    date: by('date'),
    movement: sql`-${amount}`,
  })),
]);

/**
 * How does the money in an account rise and fall? One row for each day on which something moved.
 *
 * The balance counts from nothing at the first row on file: what the account held before is not known.
 */
export const accountBalance = mysqlView('v_account_balance')
  .sqlSecurity('definer')
  .as((query) => {
    const [owner, account, currency, date, movement] = ['owner', 'account', 'currency', 'date', 'movement'].map(
      (column) => movements.column(column),
    ) as [Column, Column, Column, Column, Column];
    const running = sql`sum(sum(${movement})) over (partition by ${owner}, ${account}, ${currency} order by ${date})`;
    return query
      .select({
        owner: owner.as('owner'),
        account: account.as('account'),
        currency: currency.as('currency'),
        date: date.as('date'),
        /** Incomes less expenses of the day. */
        movement: totalOf(movement).as('movement'),
        /** Running sum of the movements, this day's included. */
        balance: asTotal(running).as('balance'),
      })
      .from(movements.table)
      .groupBy(owner, account, currency, date)
      .having(movements.isShown);
  });

type Column = ReturnType<typeof movements.column<string>>;
