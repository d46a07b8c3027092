/**
 * Writes everything that is derived from the feeds, tables and views: registries, contracts, samples and the migration.
 *
 * npm run generate                          write the changed files
 * npm run generate -- --name add-savings    write them, and name the migration 0001_add-savings
 * npm run generate -- --custom --name x     write them, and add an empty migration to fill in by hand
 * npm run generate -- --check               write nothing; fail if a committed file is out of date
 *
 * The command also fails if a migration removes something that the previous release may still use.
 */
import { Command } from 'commander';
import { getTableName } from 'drizzle-orm';
import type { MySqlTable, MySqlView } from 'drizzle-orm/mysql-core';
import { findContractions } from './expansion/contractions.ts';
import { readMigrationSnapshots, type SchemaSnapshot } from './expansion/snapshot.ts';
import { contractsFolder, renderContracts } from './generate/contracts.ts';
import { renderDataModel } from './generate/data-model.ts';
import { findStale, writeGenerated } from './generate/files.ts';
import type { GeneratedFile } from './generate/generated-file.ts';
import { generateMigration, isMigrationMissing, readLastSnapshot, writeLastSnapshot } from './generate/migrations.ts';
import { readBookkeeping } from './generate/read-bookkeeping.ts';
import { readFeeds } from './generate/read-feeds.ts';
import { readSummaries } from './generate/read-summaries.ts';
import { readViews, type ViewFile } from './generate/read-views.ts';
import { renderTableRegistries, renderViewRegistry } from './generate/registry.ts';
import { renderSamples, samplesFolder } from './generate/samples.ts';
import { renderViewList } from './generate/view-list.ts';
import { renderedFolder, renderViewSql } from './generate/view-sql.ts';

const { check, custom, name } = new Command('generate')
  .option('--check', 'write nothing; fail if a committed file is out of date', false)
  .option('--custom', 'add an empty migration to fill in by hand', false)
  .option('--name <name>', 'the name of the new migration', 'schema')
  .parse()
  .opts<{ check: boolean; custom: boolean; name: string }>();

/**
 * Folders in which every file is generated. A file that is no longer generated is deleted, for example after its feed
 * was removed.
 */
const owned = [
  { folder: 'packages/schema/src/generated', extension: '.ts' },
  { folder: contractsFolder, extension: '.json' },
  { folder: `${samplesFolder}/raw`, extension: '' },
];
const rendered = [{ folder: renderedFolder, extension: '.sql' }];

const feeds = await readFeeds();
const summaries = await readSummaries();
const bookkeeping = await readBookkeeping();
const registries = await renderTableRegistries();
const fromTables = [...registries, ...renderContracts(feeds, summaries), ...renderSamples(feeds)];

/**
 * Renders the files that are derived from the views. Call it after the registries of tables are written, because the
 * views import them.
 */
function renderFromViews(views: readonly ViewFile[]): GeneratedFile[] {
  return [renderViewRegistry(views), renderViewList(views.map(({ view }) => view))];
}

/**
 * Renders the files that are derived from the last migration's snapshot: the data model, and the SQL of the views for
 * readers.
 */
function renderFromSnapshot(snapshot: SchemaSnapshot, views: readonly ViewFile[]): GeneratedFile[] {
  const groups = {
    feeds: feeds.map((feed) => feed.name),
    bookkeeping: bookkeeping.map((table) => getTableName(table)),
    summaries: summaries.map((summary) => ({ name: summary.name, feed: summary.feed.name })),
  };
  return [renderDataModel(snapshot, groups, views), ...renderViewSql(snapshot, views)];
}

function definitionsOf(views: readonly ViewFile[]): (MySqlTable | MySqlView)[] {
  const tables = [...feeds, ...summaries].map(({ table }) => table);
  return [...tables, ...bookkeeping, ...views.map(({ view }) => view.view)];
}

async function findOutOfDate(): Promise<string[]> {
  if ((await findStale(registries, [])).length > 0) return findStale(fromTables, []);
  const views = await readViews();
  const stale = await findStale([...fromTables, ...renderFromViews(views)], owned);
  const { path, snapshot, isIncomplete } = await readLastSnapshot(views.map(({ view }) => view));
  stale.push(...(await findStale(renderFromSnapshot(snapshot, views), rendered)));
  if (isIncomplete) stale.push(path);
  if (await isMigrationMissing(snapshot, definitionsOf(views)))
    stale.push('packages/schema/migrations: a migration is missing');
  return stale;
}

async function write(): Promise<string[]> {
  const written = await writeGenerated(registries, []);
  const views = await readViews();
  written.push(...(await writeGenerated([...fromTables, ...renderFromViews(views)], owned)));
  const viewList = views.map(({ view }) => view);
  const { snapshot } = await readLastSnapshot(viewList);
  const isNeeded = custom || (await isMigrationMissing(snapshot, definitionsOf(views)));
  const tag = isNeeded ? await generateMigration(name, { custom }) : null;
  const last = await readLastSnapshot(viewList);
  if (last.isIncomplete) await writeLastSnapshot(last);
  written.push(...(await writeGenerated(renderFromSnapshot(last.snapshot, views), rendered)));
  return [...written.sort(), ...(tag === null ? [] : [`packages/schema/migrations/${tag}.sql`])];
}

if (check) {
  const stale = await findOutOfDate();
  for (const path of stale) console.error(`Out of date: ${path}`);
  if (stale.length > 0) {
    console.error('Run `npm run generate` and commit the files that it writes.');
    process.exitCode = 1;
  }
} else for (const path of await write()) console.log(path);

for (const contraction of await findContractions(await readMigrationSnapshots())) {
  console.error(contraction.message);
  process.exitCode = 1;
}
