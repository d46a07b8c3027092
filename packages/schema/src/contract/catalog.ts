import type { Feed } from '../define-feed.ts';

/** A column of a feed's table in the AWS Glue Data Catalog. */
export interface CatalogColumn {
  readonly name: string;
  readonly type: 'string';
  readonly comment: string;
}

/**
 * A feed's columns for the Data Catalog, where its table is the CSVs as users wrote them.
 *
 * Every column is a string: OpenCSVSerDe, the one that understands quotes, reads nothing else, and nothing under `raw/`
 * has been checked yet. `owner` is not among them: it is the partition key, from the folder.
 */
export function catalogColumns(feed: Feed): readonly CatalogColumn[] {
  return feed.headers.map(({ header, description }) => ({ name: header, type: 'string', comment: description }));
}

/** The Data Catalog's partition keys of every feed. */
export const catalogPartitionKeys: readonly CatalogColumn[] = [
  { name: 'owner', type: 'string', comment: 'Whose money it is: the owner= folder of the object key.' },
];
