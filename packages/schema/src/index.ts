/**
 * The feeds of Centflow, and all that is derived from them.
 *
 * - `feeds/`        one file for each kind of CSV: its table, and what its columns mean
 * - `bookkeeping/`  the tables that say what became of every upload
 * - `summaries/`    one file for each way in which the job adds up a feed's rows, so that a view need not
 * - `views/`        one file for each question the reports answer
 * - `contract/`     a feed as the PySpark job and the Data Catalog are told of it
 * - `generate/`     what `npm run generate` makes of the above: registries, contracts, samples, the migration
 * - `samples/`      the people whose CSVs the samples are
 * - `expansion/`    what a migration may do while the release before is at work, and what it may not
 * - `migrate.ts`, `grants.ts`, `set-up-database.ts` bring a database up to date
 *
 * A new feed is one new file in `feeds/` and one `npm run generate`. Import from `@centflow/schema/feeds`, `/bookkeeping`,
 * `/views`, `/contract`, `/grants`, `/migrate` or `/set-up-database` where one of them will do; the generators and what
 * they depend on are not exported.
 */
export type { CatalogColumn } from './contract/catalog.ts';
export { catalogColumns, catalogPartitionKeys } from './contract/catalog.ts';
export type { Feed, FeedHeader } from './define-feed.ts';
export { defineFeed, objectPrefix } from './define-feed.ts';
export * from './generated/bookkeeping.ts';
export * from './generated/feeds.ts';
export * from './generated/summaries.ts';
export * from './generated/views.ts';
