import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The repository's root: what generated files are named from. */
export const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** One file of a folder of `src/` that holds one thing a file. */
export interface SourceFile {
  /** `quarantined-rows`. */
  readonly stem: string;
  /** What the file exports, `quarantinedRows`. */
  readonly identifier: string;
  readonly url: URL;
}

/** The TypeScript files of `src/<folder>/` but tests, by name. */
export async function sourceFiles(folder: 'feeds' | 'bookkeeping' | 'summaries' | 'views'): Promise<SourceFile[]> {
  const directory = new URL(`../${folder}/`, import.meta.url);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();
  return names.map((name) => {
    const stem = name.slice(0, -'.ts'.length);
    return {
      stem,
      identifier: stem.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      url: new URL(name, directory),
    };
  });
}
