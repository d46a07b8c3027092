import type { Feed } from '../define-feed.ts';

/** A column of a feed's table in the AWS Glue Data Catalog. */
export interface CatalogColumn {
  readonly name: string;
  readonly type: 'string';
  readonly comment: string;
}

/**
 * Returns a feed's columns for the Data Catalog. The catalog's table reads the CSVs as users wrote them.
 *
 * Every column is a string, because OpenCSVSerDe reads only strings. No other serde supports quotes. Strings also suit
 * the files under `raw/`, which have not been checked yet. `owner` is not among the columns, because it is the
 * partition key, which comes from the folder.
 */
export function catalogColumns(feed: Feed): readonly CatalogColumn[] {
  return feed.headers.map(({ header, description }) => ({ name: header, type: 'string', comment: description }));
}

/** The partition keys of every feed in the Data Catalog. */
export const catalogPartitionKeys: readonly CatalogColumn[] = [
  { name: 'owner', type: 'string', comment: 'The owner of the money: the folder owner= in the object key.' },
];
