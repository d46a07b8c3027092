import { type View, ViewDefinitionError } from '../define-view.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** A view together with the file that defines it. */
export interface ViewFile extends SourceFile {
  readonly view: View;
}

/** Reads every view from the file that defines it, and not from the registry, which is generated later. */
export async function readViews(): Promise<ViewFile[]> {
  const files = await sourceFiles('views');
  return await Promise.all(
    files.map(async (file) => {
      const module: { default?: View } & Readonly<Record<string, unknown>> = await import(file.url.href);
      const { default: view, [file.identifier]: named } = module;
      if (view === undefined || view.view !== named) {
        throw new ViewDefinitionError(
          view?.name ?? file.stem,
          `in src/views/${file.stem}.ts, write \`export const ${file.identifier} = mysqlView(…)\` and \`export default defineView(${file.identifier}, …)\`.`,
        );
      }
      return { ...file, view };
    }),
  );
}
