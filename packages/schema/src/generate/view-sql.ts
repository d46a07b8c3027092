/** Renders each view's SQL for people: one clause a line, without quotes. The migrations hold what MySQL executes. */
import { format } from 'sql-formatter';
import type { View } from '../define-view.ts';
import type { SchemaSnapshot } from '../expansion/snapshot.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';
import type { ViewFile } from './read-views.ts';

/** The folder in which the SQL of every view is committed. */
export const renderedFolder = 'packages/schema/src/views/rendered';

/** Returns the path of a view's rendered SQL. */
export function renderedPath({ name }: Pick<View, 'name'>): string {
  return `${renderedFolder}/${name}.sql`;
}

/** Renders the SQL of every view that the snapshot has. */
export function renderViewSql({ views: snapshots }: SchemaSnapshot, views: readonly ViewFile[]): GeneratedFile[] {
  return views.flatMap(({ stem, view }) => {
    const snapshot = snapshots[view.name];
    if (snapshot === undefined) return [];
    const sql = format(`create view \`${view.name}\` as ${withoutOuterParentheses(snapshot.definition)}`, {
      language: 'mysql',
      keywordCase: 'upper',
      dataTypeCase: 'upper',
      functionCase: 'lower',
      expressionWidth: 80,
    });
    // No name is a reserved word: views/rules.test.ts checks it.
    const text = sql.replace(/`(\w+)`/g, '$1');
    const heading = `-- Generated from packages/schema/src/views/${stem}.ts by \`npm run generate\`; do not edit.\n-- ${view.question}`;
    return [textFile(renderedPath(view), `${heading}\n${text};\n`)];
  });
}

/** Removes the parentheses in which Drizzle writes a query. A union needs them. */
function withoutOuterParentheses(definition: string): string {
  const isUnion = /\) union/.test(definition);
  return !isUnion && definition.startsWith('(') && definition.endsWith(')') ? definition.slice(1, -1) : definition;
}
