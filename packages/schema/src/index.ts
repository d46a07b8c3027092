/**
 * The feeds of Centflow, and everything that is derived from them.
 *
 * - `feeds/`        one file for each kind of CSV: its table, and what its columns mean
 * - `bookkeeping/`  the tables that record what became of every upload
 * - `summaries/`    one file for each way in which the job adds up a feed's rows for the views
 * - `views/`        one file for each question that reports answer
 * - `contract/`     a feed as the PySpark job and the Data Catalog read it
 * - `generate/`     what `npm run generate` writes: registries, contracts, samples, documents and the migration
 * - `samples/`      the invented people whose CSVs are the samples
 * - `expansion/`    the rules for migrations: they must not break the previous release
 * - `migrate.ts`, `grants.ts`, `set-up-database.ts` bring a database up to date
 *
 * A new feed or view is one new file and `npm run generate`. Import from `@centflow/schema/feeds`, `/bookkeeping`,
 * `/views`, `/contract`, `/grants`, `/migrate` or `/set-up-database` if one of them is enough. The generators and their
 * dependencies are not exported.
 */
export type { CatalogColumn } from './contract/catalog.ts';
export { catalogColumns, catalogPartitionKeys } from './contract/catalog.ts';
export type { Feed, FeedHeader } from './define-feed.ts';
export { defineFeed, objectPrefix } from './define-feed.ts';
export * from './generated/bookkeeping.ts';
export * from './generated/feeds.ts';
export * from './generated/summaries.ts';
export * from './generated/views.ts';
