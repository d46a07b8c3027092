import { describeViews, type ViewColumn } from '@centflow/schema/view-columns';
import type { ViewName } from '../model.ts';

const byView = new Map(describeViews().map(({ name, columns }) => [name, columns]));

/** Returns the columns of a view with their SQL types. */
export function describedColumns(view: ViewName): readonly ViewColumn[] {
  const columns = byView.get(view);
  if (columns === undefined) throw new Error(`packages/schema has no view ${view}.`);
  return columns;
}

/** Returns the names of a view's columns. */
export function columnsOfView(view: ViewName): readonly string[] {
  return describedColumns(view).map(({ name }) => name);
}
