/** Renders docs/data-model.md: diagrams of the tables, the list of views and the glossary. */
import type { SchemaSnapshot, TableSnapshot } from '../expansion/snapshot.ts';
import { glossary } from '../glossary.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';
import type { ViewFile } from './read-views.ts';
import { renderedPath } from './view-sql.ts';

/** The names of the tables, in groups. */
export interface TableGroups {
  readonly feeds: readonly string[];
  readonly bookkeeping: readonly string[];
  /** Each summary, with the feed whose rows the summary adds up. */
  readonly summaries: readonly { readonly name: string; readonly feed: string }[];
}

export const dataModelPath = 'docs/data-model.md';

const UPLOADS = 'uploads';

/** Renders the page from the last snapshot. */
export function renderDataModel(
  { tables }: SchemaSnapshot,
  { feeds, bookkeeping, summaries }: TableGroups,
  views: readonly ViewFile[],
): GeneratedFile {
  const some = (names: readonly string[]) => names.flatMap((name) => tables[name] ?? []);
  const linked = [...some(feeds), ...some(bookkeeping)];
  const links = linked.filter(({ name }) => name !== UPLOADS).map(linkToUploads);
  const summaryLinks = summaries.flatMap(({ name, feed }) => [
    `${feed} ||..o{ ${name} : "is added up in"`,
    `upload_summaries ||--o{ ${name} : "upload_id"`,
  ]);
  const page = `<!-- Generated from packages/schema/src by \`npm run generate\`; do not edit. -->

# Data model

The job writes tables, and reports read views over them. The tables are defined in \`packages/schema/src/feeds/\`, \`bookkeeping/\` and
\`summaries/\`, one file each, with the meaning of every column. Guides describe how to add
[a feed](adding-a-feed.md), [a view](adding-a-view.md) or [a visual](adding-a-visual.md).

## Feeds and bookkeeping

Each uploaded version of a file is a row of \`uploads\`. The good rows of an upload are in the table of its feed, and the bad rows are
in \`quarantined_rows\`. The tables have no foreign keys, because the job keeps the references consistent. The diagrams shorten types, so
\`decimal(19,4)\` is shown as \`decimal\`.

${mermaid([...links, ...linked.flatMap((table) => entity(table))])}

## Summaries

The job adds up the rows of each upload, so that a view over months does not read every row
([ADR 0016](adr/0016-summaries-of-uploads.md)). A view uses a summary only while \`upload_summaries.as_of\` equals \`uploads.updated_at\`.
Otherwise the view reads the rows.

${mermaid([...summaryLinks, ...some(summaries.map(({ name }) => name)).flatMap((table) => entity(table))])}

## Views

The database user \`reporter\` may read views and nothing else. Dashboards and QuickSight read the views
for \`reports\`. The console's API and the canary read the views for \`programs\`.

| view | question | for |
| --- | --- | --- |
${byName(views)
  .map(({ view }) => `| [\`${view.name}\`](../${renderedPath(view)}) | ${view.question} | ${view.audience} |`)
  .join('\n')}

## Words

| word | meaning |
| --- | --- |
${Object.entries(glossary)
  .map(([word, meaning]) => `| ${word} | ${meaning} |`)
  .join('\n')}
`;
  return textFile(dataModelPath, page);
}

/** Returns the line that relates a table to the uploads. */
function linkToUploads({ name, columns }: TableSnapshot): string {
  return columns.upload_id === undefined
    ? `${name} ||--o{ ${UPLOADS} : "owner, feed"`
    : `${UPLOADS} ||--o{ ${name} : "upload_id"`;
}

function entity({ name, columns, compositePrimaryKeys }: TableSnapshot): string[] {
  const keys = Object.values(compositePrimaryKeys).flatMap((key) => (key as { columns: string[] }).columns);
  const attributes = Object.values(columns).map((column) => {
    const marks = [
      ...(keys.includes(column.name) ? ['PK'] : []),
      ...(column.name === 'upload_id' && name !== UPLOADS ? ['FK'] : []),
    ];
    return [' ', shortType(column.type), column.name, marks.join(', '), column.notNull ? '' : '"may be NULL"']
      .filter((word) => word !== '')
      .join(' ');
  });
  return [`${name} {`, ...attributes, '}'];
}

/**
 * Removes the part in parentheses, because a type in Mermaid cannot contain spaces or commas: `decimal(19,4)` becomes
 * `decimal`.
 */
function shortType(type: string): string {
  const [word = type] = type.split(' ');
  return word.includes(',') ? word.slice(0, word.indexOf('(')) : word;
}

function mermaid(lines: readonly string[]): string {
  return ['```mermaid', 'erDiagram', ...lines.map((line) => `  ${line}`), '```'].join('\n');
}

/** Sorts the views by name. */
function byName(views: readonly ViewFile[]): readonly ViewFile[] {
  return views.toSorted(({ view: one }, { view: other }) => (one.name < other.name ? -1 : 1));
}
