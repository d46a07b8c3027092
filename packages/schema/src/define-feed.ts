import { getTableColumns, type InferInsertModel } from 'drizzle-orm';
import { getTableConfig, type MySqlColumn, type MySqlTable } from 'drizzle-orm/mysql-core';
import { type RowColumn, rowColumns } from './row-columns.ts';

/** A table that has the shared row columns. */
export type FeedTable = MySqlTable & { readonly [Name in RowColumn]: MySqlColumn };

type Columns<T extends FeedTable> = T['_']['columns'];

/** The columns that a CSV holds: all but the shared row columns. */
export type FeedColumn<T extends FeedTable> = Exclude<Extract<keyof Columns<T>, string>, RowColumn>;

type ColumnWhere<T extends FeedTable, Trait> = {
  [Name in FeedColumn<T>]: Columns<T>[Name]['_'] extends Trait ? Name : never;
}[FeedColumn<T>];

/** Columns that every row fills. Only these can identify a row. */
export type RequiredColumn<T extends FeedTable> = ColumnWhere<T, { notNull: true }>;

/** Columns that a file may omit. */
export type OptionalColumn<T extends FeedTable> = ColumnWhere<T, { notNull: false }>;

/** Columns of exact numbers. */
export type DecimalColumn<T extends FeedTable> = ColumnWhere<T, { columnType: 'MySqlDecimal' }>;

/** A row as a person writes it in a CSV. */
export type SampleRow<T extends FeedTable> = Omit<InferInsertModel<T>, RowColumn>;

/** The rules for a feed's cells beyond the types of its columns. */
export interface FeedRules<T extends FeedTable> {
  /** The date or month to which a row belongs. Uploads whose periods do not overlap are never compared. */
  readonly period: RequiredColumn<T>;
  /** The column that the accounting of an upload sums, and the column with its ISO 4217 code. */
  readonly money: {
    readonly amount: Extract<RequiredColumn<T>, DecimalColumn<T>>;
    readonly currency: RequiredColumn<T>;
  };
  /** If a row has a transaction id, it alone identifies the row. */
  readonly transactionId?: OptionalColumn<T>;
  /** Required headers whose cells may be empty. Empty cells are stored as ''. */
  readonly mayBeEmpty?: readonly RequiredColumn<T>[];
  /** Columns that hold an ISO 3166-1 alpha-2 code. */
  readonly countryCodes?: readonly FeedColumn<T>[];
  /** The smallest allowed value, as a decimal. */
  readonly minimum?: { readonly [Name in DecimalColumn<T>]?: string };
}

/** What `defineFeed` needs to know about a table. */
export interface FeedDefinition<T extends FeedTable> {
  readonly title: string;
  readonly description: string;
  /** Meaning and unit of each column. The column's name in the database is also its header in the CSV. */
  readonly headers: { readonly [Name in FeedColumn<T>]: string };
  /** The columns that identify a row without a transaction id. */
  readonly naturalKey: readonly [RequiredColumn<T>, ...RequiredColumn<T>[]];
  readonly rules: FeedRules<T>;
  /** A few rows as users write them, for the feed's example CSV. */
  readonly samples: readonly [SampleRow<T>, ...SampleRow<T>[]];
}

/** One column of a feed, and its header. */
export interface FeedHeader {
  /** The header in the CSV, in lower case. It is also the column's name in the database. */
  readonly header: string;
  readonly description: string;
  readonly column: MySqlColumn;
  /** Whether the cells of this required header may be empty. */
  readonly mayBeEmpty: boolean;
  readonly codes: 'currency' | 'country' | null;
  readonly minimum: string | null;
}

/** A feed: one kind of CSV, its table and its rules. All names in it are headers. */
export interface Feed {
  /** `expenses`: the name of the feed, its table, its contract and its folder under `raw/`. */
  readonly name: string;
  readonly table: FeedTable;
  readonly title: string;
  readonly description: string;
  /** In the order of the table's columns. */
  readonly headers: readonly FeedHeader[];
  readonly naturalKey: readonly string[];
  readonly period: string;
  readonly amount: string;
  readonly currency: string;
  readonly transactionId: string | null;
  /** Example rows, by header. */
  readonly samples: readonly Readonly<Record<string, string>>[];
}

/** A feed that breaks a rule. The message names the feed and the change to make. */
export class FeedDefinitionError extends Error {
  override readonly name = 'FeedDefinitionError';
  readonly feed: string;

  constructor(feed: string, problem: string) {
    super(`Feed ${feed}: ${problem}`);
    this.feed = feed;
  }
}

/** Names that are valid in object keys, table names and file names. With `_upload_id_row_no_pk` they fit into 64 characters. */
const feedName = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Declares what the columns of a feed's table mean, and which rules its rows follow.
 *
 * The compiler rejects a column without a header text, a key or rule over a missing column, and a sample that does not fit the
 * table. This function checks the rest when the module loads.
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
          `write the column ${column.name} in lower case: headers match in any letter case.`,
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

/** Returns the prefix of a feed's object keys. */
export function objectPrefix(feed: Pick<Feed, 'name'>): string {
  return `raw/${feed.name}/`;
}
