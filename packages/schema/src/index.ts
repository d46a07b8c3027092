/**
 * The feeds of Centflow, and everything that is derived from them.
 *
 * - `feeds/`: one file for each kind of CSV, with its table and the meaning of its columns
 * - `bookkeeping/`: the tables that record the state of every upload
 * - `summaries/`: one file for each table in which the job adds up a feed's rows for the views
 * - `views/`: one file for each question that reports answer
 * - `contract/`: the form of a feed for the PySpark job and for the Data Catalog
 * - `generate/`: the code of `npm run generate`, which writes registries, contracts, samples, documents and the
 * migration
 * - `samples/`: the invented people whose CSVs are the samples
 * - `expansion/`: the rules that keep a migration compatible with the previous release
 * - `migrate.ts`, `grants.ts`, `set-up-database.ts`: code that brings a database up to date
 *
 * To add a feed or a view, add one file and run `npm run generate`.
 *
 * If you need only one part, import it from `@centflow/schema/feeds`, `/bookkeeping`, `/views`, `/contract`, `/grants`,
 * `/migrate` or `/set-up-database`. The generators and their dependencies are not exported.
 */
export type { CatalogColumn } from './contract/catalog.ts';
export { catalogColumns, catalogPartitionKeys } from './contract/catalog.ts';
export type { Feed, FeedHeader } from './define-feed.ts';
export { defineFeed, objectPrefix } from './define-feed.ts';
export * from './generated/bookkeeping.ts';
export * from './generated/feeds.ts';
export * from './generated/summaries.ts';
export * from './generated/views.ts';
