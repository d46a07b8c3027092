import { type Artefact, textArtefact } from './artefact.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** The registries: modules that name every feed, bookkeeping table, summary and view, so that nobody keeps a list by hand. */
export async function renderRegistries(): Promise<Artefact[]> {
  const [feeds, tables, summaries, views] = await Promise.all([
    sourceFiles('feeds'),
    sourceFiles('bookkeeping'),
    sourceFiles('summaries'),
    sourceFiles('views'),
  ]);
  return [
    registry('feeds', [
      ...feeds.map(({ stem, identifier }) => `import ${identifier} from '../feeds/${stem}.ts';`),
      '',
      ...feeds.map(({ stem }) => `export * from '../feeds/${stem}.ts';`),
      '',
      '/** Every feed by its name. */',
      ...list('export const feeds = {', feeds.map(entry), '} as const;'),
      '',
      "/** A feed's name. */",
      'export type FeedName = keyof typeof feeds;',
    ]),
    registry('bookkeeping', [
      ...barrel('bookkeeping', tables),
      '/** Every table that the job keeps its books in. */',
      ...list('export const bookkeepingTables = [', identifiers(tables), '] as const;'),
    ]),
    registry('summaries', [
      ...summaries.map(({ stem, identifier }) => `import ${identifier} from '../summaries/${stem}.ts';`),
      '',
      ...summaries.map(({ stem }) => `export * from '../summaries/${stem}.ts';`),
      '',
      '/** Every summary. */',
      ...list('export const summaries = [', identifiers(summaries), '] as const;'),
    ]),
    registry('views', [
      ...barrel('views', views),
      '/** Every report view. */',
      ...list('export const views = [', identifiers(views), '] as const;'),
    ]),
  ];
}

function registry(folder: string, lines: readonly string[]): Artefact {
  const heading = `// Generated from packages/schema/src/${folder}/*.ts by \`npm run generate\`; do not edit.`;
  return textArtefact(`packages/schema/src/generated/${folder}.ts`, `${[heading, ...lines].join('\n')}\n`);
}

function barrel(folder: string, files: readonly SourceFile[]): string[] {
  return [
    ...files.map(({ stem, identifier }) => `import { ${identifier} } from '../${folder}/${stem}.ts';`),
    '',
    ...files.map(({ stem }) => `export * from '../${folder}/${stem}.ts';`),
    '',
  ];
}

/** A feed's name in the registry is its table's: `savings_goals`, from `savings-goals.ts`. */
function entry({ stem, identifier }: SourceFile): string {
  const name = stem.replaceAll('-', '_');
  return name === identifier ? name : `${name}: ${identifier}`;
}

const identifiers = (files: readonly SourceFile[]) => files.map(({ identifier }) => identifier);

/** A literal as Biome formats it: on one line where it fits. */
function list(open: string, items: readonly string[], close: string): string[] {
  const padding = open.endsWith('{') ? ' ' : '';
  const line = `${open}${padding}${items.join(', ')}${padding}${close}`;
  return line.length <= 120 ? [line] : [open, ...items.map((item) => `  ${item},`), close];
}
