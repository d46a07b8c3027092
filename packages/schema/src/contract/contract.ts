/**
 * A feed as the PySpark job reads it: a Frictionless Table Schema, our additions under `centflow`.
 *
 * There is no `primaryKey`: Frictionless would refuse two identical coffees. The natural key stands under `centflow`.
 *
 * @see https://specs.frictionlessdata.io/table-schema/
 */
import type { Feed, FeedHeader } from '../define-feed.ts';
import type { Summary } from '../define-summary.ts';
import { fileOf } from '../file-name.ts';
import { countryCodes, currencyCodes, minorUnits } from './codes.ts';
import { type ColumnType, columnType } from './column-type.ts';

/** A field of the Table Schema: what any Frictionless tool checks. */
export interface ContractField {
  readonly name: string;
  readonly type: 'date' | 'yearmonth' | 'number' | 'string';
  readonly description: string;
  readonly constraints: {
    readonly required?: true;
    readonly maxLength?: number;
    readonly minimum?: string;
    readonly enum?: readonly string[];
  };
}

/** How a header's cells go into the table. */
export type ContractColumn = ColumnType & {
  /** The header, matched in any letter case. */
  readonly header: string;
  /** The column in the table. */
  readonly column: string;
  /** An empty or absent cell is stored as NULL. */
  readonly nullable: boolean;
  /** A file without this header is rejected. */
  readonly requiredHeader: boolean;
  /** An empty cell is stored as ''. */
  readonly emptyAllowed: boolean;
};

/** Rows of a feed added up, upload by upload. */
export interface ContractSummary {
  /** The summary, and its table. */
  readonly table: string;
  /** What rows are added up by, in the order of the table's key. No value is '' there. */
  readonly columns: readonly {
    readonly column: string;
    readonly header: string;
    /** The month of a date; null: the whole cell. */
    readonly part: 'month' | null;
  }[];
}

/** A feed's contract. */
export interface Contract {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly fields: readonly ContractField[];
  readonly missingValues: readonly [''];
  readonly centflow: {
    readonly generated: string;
    readonly table: string;
    readonly naturalKey: readonly string[];
    readonly transactionId: string | null;
    /** Where the first and last day of an upload come from. */
    readonly period: { readonly field: string; readonly type: 'date' | 'yearmonth' };
    readonly amount: string;
    readonly currency: string;
    /** In the order of the table's columns. */
    readonly columns: readonly ContractColumn[];
    readonly summaries: readonly ContractSummary[];
    /** ISO 4217 digits after the point: an amount with more is not money of that currency. */
    readonly minorUnits: Readonly<Record<string, number>>;
  };
}

/**
 * A feed's contract, as a value.
 *
 * @param summaries of which those of the feed are told; what only checks CSVs needs none
 */
export function contractOf(feed: Feed, summaries: readonly Summary[] = []): Contract {
  return {
    name: feed.name,
    title: feed.title,
    description: feed.description,
    fields: feed.headers.map(fieldOf),
    missingValues: [''],
    centflow: {
      generated: `from packages/schema/src/feeds/${fileOf(feed.name)} by \`npm run generate\`; do not edit`,
      table: feed.name,
      naturalKey: feed.naturalKey,
      transactionId: feed.transactionId,
      period: { field: feed.period, type: periodType(feed) },
      amount: feed.amount,
      currency: feed.currency,
      columns: feed.headers.map(columnOf),
      summaries: summaries.filter((summary) => summary.feed.name === feed.name).map(summaryOf),
      minorUnits,
    },
  };
}

/** The bytes of a feed's contract file. */
export function renderContract(feed: Feed, summaries: readonly Summary[]): string {
  return `${JSON.stringify(contractOf(feed, summaries), null, 2)}\n`;
}

function summaryOf({ name, columns }: Summary): ContractSummary {
  return { table: name, columns: columns.map(({ column, header, part }) => ({ column: column.name, header, part })) };
}

function fieldOf(header: FeedHeader): ContractField {
  const type = columnType(header.column);
  const codes = header.codes === 'currency' ? currencyCodes : header.codes === 'country' ? countryCodes : null;
  return {
    name: header.header,
    type: type.type === 'decimal' ? 'number' : type.type,
    description: header.description,
    constraints: {
      ...(header.column.notNull && !header.mayBeEmpty ? { required: true } : {}),
      ...(type.type === 'string' && codes === null ? { maxLength: type.maxLength } : {}),
      ...(header.minimum === null ? {} : { minimum: header.minimum }),
      ...(codes === null ? {} : { enum: codes }),
    },
  };
}

function columnOf(header: FeedHeader): ContractColumn {
  return {
    header: header.header,
    column: header.column.name,
    ...columnType(header.column),
    nullable: !header.column.notNull,
    requiredHeader: header.column.notNull,
    emptyAllowed: header.mayBeEmpty,
  };
}

function periodType(feed: Feed): 'date' | 'yearmonth' {
  const header = feed.headers.find(({ header }) => header === feed.period) as FeedHeader;
  const { type } = columnType(header.column);
  if (type === 'date' || type === 'yearmonth') return type;
  throw new TypeError(`Feed ${feed.name}: rules.period is ${feed.period}, a ${type}; name a date or a month.`);
}
