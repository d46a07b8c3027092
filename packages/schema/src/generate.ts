/**
 * Makes everything that follows from the feeds, tables and views: registries, contracts, samples and the migration.
 *
 *   npm run generate                          write what has changed
 *   npm run generate -- --name add-savings    the same, and call the migration 0001_add-savings
 *   npm run generate -- --check               write nothing; fail where anything committed is out of date
 *
 * It fails, too, where a migration takes away what the release before may still use.
 */
import { Command } from 'commander';
import { findContractions } from './expansion/contractions.ts';
import type { Artefact } from './generate/artefact.ts';
import { contractsFolder, renderContracts } from './generate/contracts.ts';
import { findStale, writeArtefacts } from './generate/files.ts';
import { generateMigration, isMigrationMissing } from './generate/migrations.ts';
import { readFeeds } from './generate/read-feeds.ts';
import { readSummaries } from './generate/read-summaries.ts';
import { renderRegistries } from './generate/registry.ts';
import { renderSamples, samplesFolder } from './generate/samples.ts';
import { readMigrationsByTag } from './read-migrations.ts';

const { check, name } = new Command('generate')
  .option('--check', 'write nothing; fail where anything committed is out of date', false)
  .option('--name <name>', "the migration's name, should there be one", 'schema')
  .parse()
  .opts<{ check: boolean; name: string }>();

/** Folders that hold nothing but artefacts: other files there are left over from feeds that are gone. */
const owned = [
  { folder: 'packages/schema/src/generated', extension: '.ts' },
  { folder: contractsFolder, extension: '.json' },
  { folder: `${samplesFolder}/raw`, extension: '' },
];

const feeds = await readFeeds();
const artefacts: Artefact[] = [
  ...(await renderRegistries()),
  ...renderContracts(feeds, await readSummaries()),
  ...renderSamples(feeds),
];

if (check) {
  const stale = await findStale(artefacts, owned);
  if (await isMigrationMissing()) stale.push('packages/schema/migrations: a migration is missing');
  for (const path of stale) console.error(`Out of date: ${path}`);
  if (stale.length > 0) {
    console.error('Run `npm run generate` and commit what it writes.');
    process.exitCode = 1;
  }
} else {
  for (const path of await writeArtefacts(artefacts, owned)) console.log(path);
  const tag = await generateMigration(name);
  if (tag !== null) console.log(`packages/schema/migrations/${tag}.sql`);
}

for (const contraction of findContractions(await readMigrationsByTag())) {
  console.error(contraction.message);
  process.exitCode = 1;
}
