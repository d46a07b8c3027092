/**
 * Renders each view's SQL for readers, with one clause on each line and names without quotes. MySQL executes the SQL of
 * the migrations instead.
 */
import { format } from 'sql-formatter';
import type { View } from '../define-view.ts';
import type { SchemaSnapshot } from '../expansion/snapshot.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';
import type { ViewFile } from './read-views.ts';

/** The folder that contains the rendered SQL of all views. */
export const renderedFolder = 'packages/schema/src/views/rendered';

/** Returns the path of a view's rendered SQL. */
export function renderedPath({ name }: Pick<View, 'name'>): string {
  return `${renderedFolder}/${name}.sql`;
}

/** Renders the SQL of every view in the snapshot. */
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
    // Names need no quotes, because none is a reserved word. The test views/rules.test.ts checks this rule.
    const text = sql.replace(/`(\w+)`/g, '$1');
    const heading = `-- Generated from packages/schema/src/views/${stem}.ts by \`npm run generate\`; do not edit.\n-- ${view.question}`;
    return [textFile(renderedPath(view), `${heading}\n${text};\n`)];
  });
}

/**
 * Removes the parentheses that Drizzle writes around a query. A union keeps its inner parentheses, because it needs
 * them.
 */
function withoutOuterParentheses(definition: string): string {
  const isUnion = /\) union/.test(definition);
  return !isUnion && definition.startsWith('(') && definition.endsWith(')') ? definition.slice(1, -1) : definition;
}
