/** Reads and writes the results, and the pages that are generated from them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { renderInto, renderReadme } from './render.ts';
import { type PartialResults, partialResults, type Results, results as resultsSchema } from './results.ts';

export const RESULTS_FILE = join(repository, 'tools', 'bench', 'results.json');
export const BENCH_README = join(repository, 'tools', 'bench', 'README.md');
export const ROOT_README = join(repository, 'README.md');

export function readResults(file: string = RESULTS_FILE): Results {
  return resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function writeResults(file: string, results: PartialResults): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  if (resolve(file) === RESULTS_FILE) writePages(resultsSchema.parse(results));
}

/** Replaces the measured parts in the stored results, and records when these parts were measured. */
export function updateResults(fresh: PartialResults, file: string = RESULTS_FILE): void {
  // A part that is measured for the first time is missing in the stored results.
  writeResults(file, withFresh(partialResults.parse(JSON.parse(readFileSync(file, 'utf8'))), fresh));
}

export function withFresh(
  kept: PartialResults,
  { machine, scale: _, seconds: __, again: ___, ...parts }: PartialResults,
): Results {
  const { date, commit } = machine;
  const again = Object.fromEntries(Object.keys(parts).map((section) => [section, { date, commit }]));
  return resultsSchema.parse({ ...kept, ...parts, again: { ...kept.again, ...again } });
}

/** Writes the Markdown pages that show the figures. */
export function writePages(results: Results): void {
  writeFileSync(BENCH_README, renderReadme(results));
  if (existsSync(ROOT_README)) writeFileSync(ROOT_README, renderInto(readFileSync(ROOT_README, 'utf8'), results));
}
