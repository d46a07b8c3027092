import { type Summary, SummaryDefinitionError } from '../define-summary.ts';
import { fileOf } from '../file-name.ts';
import { sourceFiles } from './source-files.ts';

/** Every summary there is a file of: from the files themselves, not from the registry that is made of them. */
export async function readSummaries(): Promise<Summary[]> {
  const files = await sourceFiles('summaries');
  return await Promise.all(
    files.map(async ({ stem, url }) => {
      const { default: summary }: { default?: Summary } = await import(url.href);
      if (summary === undefined || fileOf(summary.name) !== `${stem}.ts`) {
        throw new SummaryDefinitionError(
          summary?.name ?? stem,
          `let src/summaries/${stem}.ts have \`export default defineSummary(…)\` of a table of the file's name.`,
        );
      }
      return summary;
    }),
  );
}
