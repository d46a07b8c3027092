import { describeViews, type ViewColumn } from '@centflow/schema/view-columns';
import type { ViewName } from '../model.ts';

const byView = new Map(describeViews().map(({ name, columns }) => [name, columns]));

/** The columns of a view that QuickSight is offered, with their SQL types. */
export function describedColumns(view: ViewName): readonly ViewColumn[] {
  const columns = byView.get(view);
  if (columns === undefined) throw new Error(`packages/schema has no view ${view}.`);
  return columns;
}

/** Their names. */
export function columnsOfView(view: ViewName): readonly string[] {
  return describedColumns(view).map(({ name }) => name);
}
