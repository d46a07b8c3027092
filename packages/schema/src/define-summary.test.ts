import {
  date,
  decimal,
  int,
  type MySqlColumnBuilderBase,
  mysqlTable,
  primaryKey,
  varchar,
} from 'drizzle-orm/mysql-core';
import { describe, expect, it } from 'vitest';
import { exactText, month } from './columns.ts';
import { defineSummary, type SummaryTable } from './define-summary.ts';
import budgets from './feeds/budgets.ts';
import expenses from './feeds/expenses.ts';
import { summaries } from './generated/summaries.ts';
import { summaryKey, summaryTotals } from './summary-columns.ts';

describe('a summary', () => {
  it('tells where each of its columns comes from', () => {
    const byMonth = mysqlTable(
      'expenses_by_city',
      {
        ...summaryKey(),
        month: month('month').notNull(),
        city: exactText('city', { length: 64 }).notNull(),
        ...summaryTotals(),
      },
      (row) => [primaryKey({ columns: [row.uploadId, row.month, row.city] })],
    );
    const { name, columns } = defineSummary(byMonth, expenses);
    expect(name).toBe('expenses_by_city');
    expect(columns.map(({ column, header, part }) => [column.name, header, part])).toEqual([
      ['month', 'date', 'month'],
      ['city', 'city', null],
    ]);
  });

  const keyed = (columns: Record<string, MySqlColumnBuilderBase>, key: readonly string[]) =>
    mysqlTable('odd', { ...summaryKey(), ...summaryTotals(), ...columns }, (row) => [
      primaryKey({ columns: ['uploadId', ...key].map((name) => Reflect.get(row, name)) as [typeof row.uploadId] }),
    ]) as unknown as SummaryTable;

  it.each([
    ['is keyed by less', { date: date('date').notNull(), month: month('month').notNull() }, ['date'], 'primary key'],
    ['has what the feed has not', { mood: int('mood').notNull() }, ['mood'], 'feed expenses has no mood'],
    ['compares text as people do', { city: varchar('city', { length: 64 }).notNull() }, ['city'], 'exactText'],
    ['has no value in its key', { amountless: decimal('amountless') }, ['amountless'], 'has no amountless'],
    ['may be NULL', { city: exactText('city', { length: 64 }) }, ['city'], 'NOT NULL'],
  ])('that %s is refused', (_, columns, key, problem) => {
    expect(() => defineSummary(keyed(columns, key), expenses)).toThrow(problem);
  });

  it('has a month of its own only where the feed has days', () => {
    const byMonth = keyed({ month: month('month').notNull() }, ['month']);
    expect(defineSummary(byMonth, budgets).columns[0]?.part).toBe(null);
  });

  it('keeps texts as long as the feed does', () => {
    for (const { name, columns, feed } of summaries) {
      for (const { column, header, part } of columns) {
        const length = /\((\d+)\)/.exec(column.getSQLType())?.[1];
        const source = feed.headers.find((candidate) => candidate.header === header)?.column.getSQLType();
        if (part === null)
          expect({ name, header, length }).toEqual({ name, header, length: /\((\d+)\)/.exec(source ?? '')?.[1] });
      }
    }
  });
});
