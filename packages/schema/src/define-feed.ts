import { getTableColumns, type InferInsertModel } from 'drizzle-orm';
import { getTableConfig, type MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import { type RowColumn, rowColumns } from './row-columns.ts';

/** A table that has the shared row columns. */
export type FeedTable = MySqlTable & { readonly [Name in RowColumn]: MySqlColumn };

type Columns<T extends FeedTable> = T['_']['columns'];

/** The columns that a CSV can have: all columns except the shared row columns. */
export type FeedColumn<T extends FeedTable> = Exclude<Extract<keyof Columns<T>, string>, RowColumn>;

type ColumnWhere<T extends FeedTable, Trait> = {
  [Name in FeedColumn<T>]: Columns<T>[Name]['_'] extends Trait ? Name : never;
}[FeedColumn<T>];

/** Columns that have a value in every row. Only these columns can identify a row. */
export type RequiredColumn<T extends FeedTable> = ColumnWhere<T, { notNull: true }>;

/** Columns that a file may omit. */
export type OptionalColumn<T extends FeedTable> = ColumnWhere<T, { notNull: false }>;

/** Columns of exact numbers. */
export type DecimalColumn<T extends FeedTable> = ColumnWhere<T, { columnType: 'MySqlDecimal' }>;

/** A row of a CSV as a person writes it. */
export type SampleRow<T extends FeedTable> = Omit<InferInsertModel<T>, RowColumn>;

/** The rules for a feed's cells, in addition to the types of its columns. */
export interface FeedRules<T extends FeedTable> {
  /** The column with the date or month of a row. Two uploads are compared only if their periods overlap. */
  readonly period: RequiredColumn<T>;
  /** The column whose amounts are summed for each upload, and the column with the ISO 4217 code. */
  readonly money: {
    readonly amount: Extract<RequiredColumn<T>, DecimalColumn<T>>;
    readonly currency: RequiredColumn<T>;
  };
  /** The column with the bank's transaction id. If a row has one, the id alone identifies the row. */
  readonly transactionId?: OptionalColumn<T>;
  /** The required columns whose cells may be empty. Empty cells are stored as ''. */
  readonly mayBeEmpty?: readonly RequiredColumn<T>[];
  /** The columns that contain ISO 3166-1 alpha-2 codes. */
  readonly countryCodes?: readonly FeedColumn<T>[];
  /** The smallest allowed value of a column, as decimal text. */
  readonly minimum?: { readonly [Name in DecimalColumn<T>]?: string };
}

/** What a feed's file declares in addition to its table. */
export interface FeedDefinition<T extends FeedTable> {
  readonly title: string;
  readonly description: string;
  /** The meaning and unit of each column. A column has the same name in the database and as header in the CSV. */
  readonly headers: { readonly [Name in FeedColumn<T>]: string };
  /** The columns that identify a row if the row has no transaction id. */
  readonly naturalKey: readonly [RequiredColumn<T>, ...RequiredColumn<T>[]];
  readonly rules: FeedRules<T>;
  /** Some rows as users write them. They become the feed's example CSV. */
  readonly samples: readonly [SampleRow<T>, ...SampleRow<T>[]];
}

/** A column of a feed and the header that belongs to it. */
export interface FeedHeader {
  /** The header in the CSV, in lower case. The column in the database has the same name. */
  readonly header: string;
  readonly description: string;
  readonly column: MySqlColumn;
  /** Whether cells under this header may be empty, although the header itself is required. */
  readonly mayBeEmpty: boolean;
  readonly codes: 'currency' | 'country' | null;
  readonly minimum: string | null;
}

/** A feed: one kind of CSV, its table and its rules. Columns are named by their headers. */
export interface Feed {
  /** The name of the feed, its table, its contract and its folder under `raw/`, such as `expenses`. */
  readonly name: string;
  readonly table: FeedTable;
  readonly title: string;
  readonly description: string;
  /** Ordered as in the table. */
  readonly headers: readonly FeedHeader[];
  readonly naturalKey: readonly string[];
  readonly period: string;
  readonly amount: string;
  readonly currency: string;
  readonly transactionId: string | null;
  /** The example rows. Each row maps headers to cells. */
  readonly samples: readonly Readonly<Record<string, string>>[];
}

/** Thrown if a feed's definition breaks a rule. The message names the feed and the change to make. */
export class FeedDefinitionError extends Error {
  override readonly name = 'FeedDefinitionError';
  readonly feed: string;

  constructor(feed: string, problem: string) {
    super(`Feed ${feed}: ${problem}`);
    this.feed = feed;
  }
}

/**
 * Matches names that are valid in object keys, table names and file names. Together with `_upload_id_row_no_pk`, a name
 * fits into MySQL's limit of 64 characters.
 */
const feedName = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Declares the meaning of a feed's columns and the rules for its rows.
 *
 * The compiler rejects a column without a description, a key or rule for an unknown column, and a sample that does not
 * fit the table. This function checks all other rules when the module is loaded.
 */
export function defineFeed<T extends FeedTable>(table: T, definition: FeedDefinition<T>): Feed {
  const { name, primaryKeys } = getTableConfig(table);
  const columns: Record<string, MySqlColumn> = getTableColumns(table);
  const headerOf = (property: string) => (columns[property] as MySqlColumn).name;
  const { rules } = definition;

  if (!feedName.test(name)) {
    throw new FeedDefinitionError(name, 'name the table with lower-case letters, digits and _, at most 40 characters.');
  }
  const key = primaryKeys.flatMap((primaryKey) => primaryKey.columns.map((column) => column.name));
  if (key.join() !== 'upload_id,row_no') {
    throw new FeedDefinitionError(
      name,
      'give the table primaryKey({ columns: [row.uploadId, row.rowNo] }) and no other primary key.',
    );
  }

  const mayBeEmpty = new Set<string>(rules.mayBeEmpty);
  const countryCodes = new Set<string>(rules.countryCodes);
  const minimum: Readonly<Record<string, string | undefined>> = rules.minimum ?? {};
  const described: Readonly<Record<string, string>> = definition.headers;
  const headers = Object.entries(columns)
    .filter(([property]) => !rowColumns.has(property))
    .map(([property, column]): FeedHeader => {
      if (column.name !== column.name.toLowerCase()) {
        throw new FeedDefinitionError(
          name,
          `write the column ${column.name} in lower case, because headers are compared in lower case.`,
        );
      }
      const codes = property === rules.money.currency ? 'currency' : countryCodes.has(property) ? 'country' : null;
      return {
        header: column.name,
        description: described[property] as string,
        column,
        mayBeEmpty: mayBeEmpty.has(property),
        codes,
        minimum: minimum[property] ?? null,
      };
    });

  return {
    name,
    table,
    title: definition.title,
    description: definition.description,
    headers,
    naturalKey: definition.naturalKey.map(headerOf),
    period: headerOf(rules.period),
    amount: headerOf(rules.money.amount),
    currency: headerOf(rules.money.currency),
    transactionId: rules.transactionId === undefined ? null : headerOf(rules.transactionId),
    samples: definition.samples.map((row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([property, value]) =>
          value == null ? [] : [[headerOf(property), String(value)]],
        ),
      ),
    ),
  };
}

/** Returns the prefix of the object keys of a feed, such as `raw/expenses/`. */
export function objectPrefix(feed: Pick<Feed, 'name'>): string {
  return `raw/${feed.name}/`;
}
