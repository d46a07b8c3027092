/** How each cell of a visual's answer is written. */
import type { Format, VisualColumn, VisualData } from '@centflow/reports';
import { formatDay, formatMoment, formatMonth } from '../shared/dates.ts';
import { formatMoney, formatMoneyShort } from '../shared/money.ts';
import { formatInteger, formatPercent, formatSeconds } from '../shared/numbers.ts';
import { getFileName } from '../uploads/shared/amounts.ts';
import { getTypeTitle } from '../uploads/shared/feeds.ts';
import { stateTitles } from '../uploads/shared/state-titles.ts';

export type Cell = string | number | null;

/** What stands where the file says nothing. */
export const NOT_STATED = 'Not stated';

const countries = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' });

export function getCountryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code;
}

/** The system's own words, by column, as people read them. */
const systemWords: Readonly<Record<string, (text: string) => string>> = {
  code: (code) => code.replaceAll('_', ' '),
  feed: getTypeTitle,
  object_key: getFileName,
  state: (state) => (stateTitles as Readonly<Record<string, string>>)[state] ?? state,
};

/** Line numbers and numbers of uploads are names, not quantities. */
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

/** MySQL writes UTC without saying so. */
function toIsoMoment(text: string): string {
  return /[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
}

/** For an axis, where there is little room and the figure itself stands elsewhere. */
export function formatOnAxis(value: number, format: Format | 'seconds', currency: string | null): string {
  if (format === 'money' && currency !== null) return formatMoneyShort(value, currency);
  if (format === 'percent') return formatPercent(value);
  return formatInteger(value);
}

export interface Figures {
  readonly columns: readonly VisualColumn[];
  readonly dimensions: readonly number[];
  readonly values: readonly number[];
}

/** Which columns are which. */
export function figuresOf({ columns }: VisualData): Figures {
  const withRole = (role: VisualColumn['role']) =>
    columns.flatMap((column, index) => (column.role === role ? [index] : []));
  return { columns, dimensions: withRole('dimension'), values: withRole('value') };
}

/** A row's dimensions by column: what a drill is narrowed to. */
export function getDimensions(data: VisualData, row: readonly Cell[]): Record<string, string | null> {
  return Object.fromEntries(
    data.columns.flatMap(({ name, role }, index) => {
      const cell = row[index];
      return role === 'dimension' ? [[name, cell === null || cell === undefined ? null : String(cell)]] : [];
    }),
  );
}
