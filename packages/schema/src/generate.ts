/**
 * Writes everything that follows from the feeds, tables and views: registries, contracts, samples and the migration.
 *
 *   npm run generate                          write what has changed
 *   npm run generate -- --name add-savings    the same, and name the migration 0001_add-savings
 *   npm run generate -- --check               write nothing; fail if a committed file is out of date
 *
 * It also fails if a migration removes something that the previous release may still use.
 */
import { Command } from 'commander';
import { findContractions } from './expansion/contractions.ts';
import { contractsFolder, renderContracts } from './generate/contracts.ts';
import { findStale, writeGenerated } from './generate/files.ts';
import type { GeneratedFile } from './generate/generated-file.ts';
import { generateMigration, isMigrationMissing } from './generate/migrations.ts';
import { readFeeds } from './generate/read-feeds.ts';
import { readSummaries } from './generate/read-summaries.ts';
import { readViews } from './generate/read-views.ts';
import { renderTableRegistries, renderViewRegistry } from './generate/registry.ts';
import { renderSamples, samplesFolder } from './generate/samples.ts';
import { renderViewList } from './generate/view-list.ts';
import { readMigrationsByTag } from './read-migrations.ts';

const { check, name } = new Command('generate')
  .option('--check', 'write nothing; fail if a committed file is out of date', false)
  .option('--name <name>', 'the name of the migration, if there is one', 'schema')
  .parse()
  .opts<{ check: boolean; name: string }>();

/** Folders in which every file is generated. Other files there are left over from feeds that were removed. */
const owned = [
  { folder: 'packages/schema/src/generated', extension: '.ts' },
  { folder: contractsFolder, extension: '.json' },
  { folder: `${samplesFolder}/raw`, extension: '' },
];

/** Renders what follows from the views. They import the registry of feeds, so that one must be up to date before. */
async function renderFromViews(): Promise<GeneratedFile[]> {
  const views = await readViews();
  return [renderViewRegistry(views), renderViewList(views.map(({ view }) => view))];
}

const feeds = await readFeeds();
const registries = await renderTableRegistries();
const fromTables = [...registries, ...renderContracts(feeds, await readSummaries()), ...renderSamples(feeds)];

if (check) {
  const areRegistriesStale = (await findStale(registries, [])).length > 0;
  const files = areRegistriesStale ? fromTables : [...fromTables, ...(await renderFromViews())];
  const stale = await findStale(files, areRegistriesStale ? [] : owned);
  if (await isMigrationMissing()) stale.push('packages/schema/migrations: a migration is missing');
  for (const path of stale) console.error(`Out of date: ${path}`);
  if (stale.length > 0) {
    console.error('Run `npm run generate` and commit the files that it writes.');
    process.exitCode = 1;
  }
} else {
  const written = await writeGenerated(registries, []);
  written.push(...(await writeGenerated([...fromTables, ...(await renderFromViews())], owned)));
  for (const path of written.sort()) console.log(path);
  const tag = await generateMigration(name);
  if (tag !== null) console.log(`packages/schema/migrations/${tag}.sql`);
}

for (const contraction of findContractions(await readMigrationsByTag())) {
  console.error(contraction.message);
  process.exitCode = 1;
}
