import { type GeneratedFile, textFile } from './generated-file.ts';
import type { ViewFile } from './read-views.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** Renders the modules that list all feeds, all bookkeeping tables and all summaries. */
export async function renderTableRegistries(): Promise<GeneratedFile[]> {
  const [feeds, tables, summaries] = await Promise.all([
    sourceFiles('feeds'),
    sourceFiles('bookkeeping'),
    sourceFiles('summaries'),
  ]);
  return [
    registry('feeds', [
      ...feeds.map(({ stem, identifier }) => `import ${identifier} from '../feeds/${stem}.ts';`),
      '',
      ...feeds.map(({ stem }) => `export * from '../feeds/${stem}.ts';`),
      '',
      '/** Every feed by its name. */',
      ...list('export const feeds = {', feeds.map(entryOf), '} as const;'),
      '',
      "/** A feed's name. */",
      'export type FeedName = keyof typeof feeds;',
    ]),
    registry('bookkeeping', [
      ...barrel('bookkeeping', tables),
      '/** Every table in which the job keeps track of uploads. */',
      ...list('export const bookkeepingTables = [', identifiersOf(tables), '] as const;'),
    ]),
    registry('summaries', [
      ...summaries.map(({ stem, identifier }) => `import ${identifier} from '../summaries/${stem}.ts';`),
      '',
      ...summaries.map(({ stem }) => `export * from '../summaries/${stem}.ts';`),
      '',
      '/** Every summary. */',
      ...list('export const summaries = [', identifiersOf(summaries), '] as const;'),
    ]),
  ];
}

/** Renders the module that lists all views. */
export function renderViewRegistry(views: readonly ViewFile[]): GeneratedFile {
  const reportViews = views.filter(({ view }) => view.audience === 'reports');
  return registry('views', [
    ...barrel('views', views),
    '/** Every report view. */',
    ...list('export const views = [', identifiersOf(views), '] as const;'),
    '',
    "/** The views that dashboards may show: their `audience` is 'reports'. */",
    ...list('export const reportViews = [', identifiersOf(reportViews), '] as const;'),
  ]);
}

function registry(folder: string, lines: readonly string[]): GeneratedFile {
  const heading = `// Generated from packages/schema/src/${folder}/*.ts by \`npm run generate\`; do not edit.`;
  return textFile(`packages/schema/src/generated/${folder}.ts`, `${[heading, ...lines].join('\n')}\n`);
}

function barrel(folder: string, files: readonly SourceFile[]): string[] {
  return [
    ...files.map(({ stem, identifier }) => `import { ${identifier} } from '../${folder}/${stem}.ts';`),
    '',
    ...files.map(({ stem }) => `export * from '../${folder}/${stem}.ts';`),
    '',
  ];
}

/**
 * Returns a feed's line in the registry, with the table's name as the key: `savings_goals: savingsGoals` for
 * `savings-goals.ts`.
 */
function entryOf({ stem, identifier }: SourceFile): string {
  const name = stem.replaceAll('-', '_');
  return name === identifier ? name : `${name}: ${identifier}`;
}

const identifiersOf = (files: readonly SourceFile[]) => files.map(({ identifier }) => identifier);

/** Renders a literal as Biome formats it: on one line if the line is short enough. */
function list(open: string, items: readonly string[], close: string): string[] {
  const padding = open.endsWith('{') ? ' ' : '';
  const line = `${open}${padding}${items.join(', ')}${padding}${close}`;
  return line.length <= 120 ? [line] : [open, ...items.map((item) => `  ${item},`), close];
}
