/** Tables and views as the migrations so far have made them. */
import type { Change } from './changes.ts';
import type { Words } from './words.ts';

export class KnownSchema {
  /** Each table's columns with their definitions. */
  readonly tables = new Map<string, Map<string, Words>>();
  /** Each view's columns. */
  readonly views = new Map<string, readonly string[]>();

  apply(change: Change): void {
    switch (change.kind) {
      case 'create table':
        this.tables.set(change.table, new Map(change.columns));
        break;
      case 'drop table':
        this.tables.delete(change.table);
        break;
      case 'rename table':
        this.tables.set(change.to, this.tables.get(change.table) ?? new Map());
        this.tables.delete(change.table);
        break;
      case 'add column':
      case 'change column':
        this.tables.get(change.table)?.set(change.column, change.definition);
        break;
      case 'rename column': {
        const columns = this.tables.get(change.table);
        columns?.set(change.to, columns.get(change.column) ?? []);
        columns?.delete(change.column);
        break;
      }
      case 'drop column':
        this.tables.get(change.table)?.delete(change.column);
        break;
      case 'make view':
        this.views.set(change.view, change.columns);
        break;
      case 'drop view':
        this.views.delete(change.view);
        break;
      default:
    }
  }
}
