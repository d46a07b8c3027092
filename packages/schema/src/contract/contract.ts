/**
 * The contract of a feed, from which the PySpark job reads the feed. A contract is a Frictionless Table Schema with
 * Centflow's additions under `centflow`.
 *
 * A contract has no `primaryKey`, because Frictionless would then reject two identical purchases. The natural key is
 * under `centflow`.
 * @see https://specs.frictionlessdata.io/table-schema/
 */
import type { Feed, FeedHeader } from '../define-feed.ts';
import type { Summary } from '../define-summary.ts';
import { fileNameOf } from '../file-name.ts';
import { countryCodes, currencyCodes, minorUnits } from './codes.ts';
import { type ColumnType, columnType } from './column-type.ts';

/** A field of the Table Schema. Any Frictionless tool can check it. */
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

/** How the job stores the cells of a header in the table. */
export type ContractColumn = ColumnType & {
  /** The header in the CSV. Its letter case does not matter. */
  readonly header: string;
  /** The name of the column in the table. */
  readonly column: string;
  /** Whether an empty or missing cell is stored as NULL. */
  readonly nullable: boolean;
  /** Whether a file without this header is rejected. */
  readonly requiredHeader: boolean;
  /** Whether an empty cell is stored as ''. */
  readonly emptyAllowed: boolean;
};

/** A summary that the job writes for each upload of the feed. */
export interface ContractSummary {
  /** The name of the summary, which is also the name of its table. */
  readonly table: string;
  /** The columns to group by, in the order of the table's primary key. A missing value is stored as ''. */
  readonly columns: readonly {
    readonly column: string;
    readonly header: string;
    /** Which part of the cell to use: the month of a date, or null for the whole cell. */
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
    /** The field that determines the first and the last day of an upload. */
    readonly period: { readonly field: string; readonly type: 'date' | 'yearmonth' };
    readonly amount: string;
    readonly currency: string;
    /** Ordered as in the table. */
    readonly columns: readonly ContractColumn[];
    readonly summaries: readonly ContractSummary[];
    /**
     * The number of decimals of each currency by ISO 4217. An amount with more decimals is not valid in that currency.
     */
    readonly minorUnits: Readonly<Record<string, number>>;
  };
}

/**
 * Returns a feed's contract as an object.
 *
 * @param summaries the summaries to include, if they belong to the feed; not needed to check CSVs
 */
export function contractOf(feed: Feed, summaries: readonly Summary[] = []): Contract {
  return {
    name: feed.name,
    title: feed.title,
    description: feed.description,
    fields: feed.headers.map(fieldOf),
    missingValues: [''],
    centflow: {
      generated: `from packages/schema/src/feeds/${fileNameOf(feed.name)} by \`npm run generate\`; do not edit`,
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

/** Returns the text of a feed's contract file. */
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
  throw new TypeError(`Feed ${feed.name}: rules.period is ${feed.period}, a ${type}. Use a date or a month.`);
}
