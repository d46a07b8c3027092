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

describe('defineSummary', () => {
  it('finds the header and the part of the cell that supply each column', () => {
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
    [
      'with a shorter primary key',
      { date: date('date').notNull(), month: month('month').notNull() },
      ['date'],
      'primary key',
    ],
    [
      'with a column that the feed lacks',
      { mood: int('mood').notNull() },
      ['mood'],
      'feed expenses has no column mood',
    ],
    [
      'with text that is not compared by bytes',
      { city: varchar('city', { length: 64 }).notNull() },
      ['city'],
      'exactText',
    ],
    [
      'with a number that the feed lacks',
      { amountless: decimal('amountless') },
      ['amountless'],
      'has no column amountless',
    ],
    ['with a column that may be NULL', { city: exactText('city', { length: 64 }) }, ['city'], 'NOT NULL'],
  ])('rejects a table %s', (_, columns, key, problem) => {
    expect(() => defineSummary(keyed(columns, key), expenses)).toThrow(problem);
  });

  it('uses the month column of a feed that has months instead of dates', () => {
    const byMonth = keyed({ month: month('month').notNull() }, ['month']);
    expect(defineSummary(byMonth, budgets).columns[0]?.part).toBe(null);
  });

  it('declares the same text lengths as the feed, in every summary', () => {
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
