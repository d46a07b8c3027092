/** Finds the views' Drizzle objects by their names in MySQL. */
import { views } from '@centflow/schema/views';
import type { SQLWrapper } from 'drizzle-orm';
import { getViewConfig, type MySqlView } from 'drizzle-orm/mysql-core';
import type { ColumnOf, ViewName } from '../model.ts';

const byName = new Map<string, MySqlView>(views.map((view) => [getViewConfig(view).name, view]));

/** A view, with its columns by name. */
export interface NamedView {
  readonly view: MySqlView;
  readonly columns: readonly string[];
  column(name: ColumnOf<ViewName> | 'owner'): SQLWrapper;
}

/** Returns the view with the given name. */
export function findView(name: ViewName): NamedView {
  const view = byName.get(name);
  if (view === undefined) throw new Error(`packages/schema has no view ${name}.`);
  const columns = Object.keys(getViewConfig(view).selectedFields);
  return {
    view,
    columns,
    column(column) {
      if (!columns.includes(column)) throw new Error(`View ${name} has no column ${column}.`);
      return (view as unknown as Readonly<Record<string, SQLWrapper>>)[column] as SQLWrapper;
    },
  };
}
