import { type Summary, SummaryDefinitionError } from '../define-summary.ts';
import { fileNameOf } from '../file-name.ts';
import { sourceFiles } from './source-files.ts';

/** Reads every summary from the file that defines it, and not from the registry, which is generated later. */
export async function readSummaries(): Promise<Summary[]> {
  const files = await sourceFiles('summaries');
  return await Promise.all(
    files.map(async ({ stem, url }) => {
      const { default: summary }: { default?: Summary } = await import(url.href);
      if (summary === undefined || fileNameOf(summary.name) !== `${stem}.ts`) {
        throw new SummaryDefinitionError(
          summary?.name ?? stem,
          `add \`export default defineSummary(…)\` to src/summaries/${stem}.ts, for a table with the same name as the file.`,
        );
      }
      return summary;
    }),
  );
}
