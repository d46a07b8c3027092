import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The repository's root. Paths of generated files are relative to it. */
export const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** A source file in a folder of `src/` in which each file contains one definition. */
export interface SourceFile {
  /** `quarantined-rows`. */
  readonly stem: string;
  /** The name of the file's export, such as `quarantinedRows`. */
  readonly identifier: string;
  readonly url: URL;
}

/** Returns the TypeScript files in `src/<folder>/`, without tests and sorted by name. */
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
