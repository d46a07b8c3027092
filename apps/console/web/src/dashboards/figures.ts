/** Formats the cells of a visual's data. */
import type { Format, VisualColumn, VisualData } from '@centflow/reports';
import { formatDay, formatMoment, formatMonth } from '../shared/dates.ts';
import { formatMoney, formatMoneyShort } from '../shared/money.ts';
import { formatInteger, formatPercent, formatSeconds } from '../shared/numbers.ts';
import { getFileName } from '../uploads/shared/amounts.ts';
import { getTypeTitle } from '../uploads/shared/feeds.ts';
import { stateTitles } from '../uploads/shared/state-titles.ts';

export type Cell = string | number | null;

/** The text for a dimension without a value. */
export const NOT_STATED = 'Not stated';

const countries = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' });

export function getCountryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code;
}

/** Functions that format internal names for people, such as states and feeds, by column. */
const systemWords: Readonly<Record<string, (text: string) => string>> = {
  code: (code) => code.replaceAll('_', ' '),
  feed: getTypeTitle,
  object_key: getFileName,
  state: (state) => (stateTitles as Readonly<Record<string, string>>)[state] ?? state,
};

/** The columns whose numbers identify something, so they need no thousands separator. */
const names = new Set(['upload_id', 'row_no']);

export function formatCell(cell: Cell, column: VisualColumn, currency: string | null): string {
  if (cell === null) return column.role === 'dimension' ? NOT_STATED : '–';
  const text = String(cell);
  const inWords = systemWords[column.name];
  if (inWords !== undefined) return inWords(text);
  if (names.has(column.name)) return text;
  return formatValue(text, column.format, currency);
}

function formatValue(text: string, format: Format | 'seconds', currency: string | null): string {
  switch (format) {
    case 'money':
      return currency === null ? text : formatMoney(text, currency);
    case 'integer':
      return formatInteger(text);
    case 'percent':
      return formatPercent(text);
    case 'seconds':
      return formatSeconds(text);
    case 'month':
      return formatMonth(text);
    case 'date':
      return formatDay(text);
    case 'moment':
      return formatMoment(toIsoMoment(text));
    case 'country':
      return getCountryName(text);
    case 'text':
      return text;
  }
}

/** Adds the time zone, because MySQL returns UTC without a time zone. */
function toIsoMoment(text: string): string {
  return /[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
}

/** Formats a value briefly for an axis. The tooltip and the table show the exact figure. */
export function formatOnAxis(value: number, format: Format | 'seconds', currency: string | null): string {
  if (format === 'money' && currency !== null) return formatMoneyShort(value, currency);
  if (format === 'percent') return formatPercent(value);
  return formatInteger(value);
}

/** Returns the dimensions of a row by column, for the filters of a drill. */
export function getDimensions(data: VisualData, row: readonly Cell[]): Record<string, string | null> {
  return Object.fromEntries(
    data.columns.flatMap(({ name, role }, index) => {
      const cell = row[index];
      return role === 'dimension' ? [[name, cell === null || cell === undefined ? null : String(cell)]] : [];
    }),
  );
}
