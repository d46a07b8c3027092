import { sql } from 'drizzle-orm';
import { mysqlView } from 'drizzle-orm/mysql-core';
import { defineView } from '../define-view.ts';
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
 * One row for each account, currency and day with a movement. The balance starts at 0, because the account's balance
 * before the first row is unknown.
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
        /** The incomes of the day minus its expenses. */
        movement: totalOf(movement).as('movement'),
        /** Sum of all movements up to and including this day. */
        balance: asTotal(running).as('balance'),
      })
      .from(movements.table)
      .groupBy(owner, account, currency, date)
      .having(movements.hasShownRows);
  });

export default defineView(accountBalance, {
  question: 'How does the balance of each account change from day to day?',
  audience: 'reports',
});

type Column = ReturnType<typeof movements.column<string>>;
