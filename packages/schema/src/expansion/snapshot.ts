/** Reads drizzle-kit's snapshots, which contain the tables and views after each migration. */
import { readFile } from 'node:fs/promises';
import { type MigrationStep, migrationsDirectory, readMigrationsByTag } from '../read-migrations.ts';

/** A column of a table or view. For a view, the snapshot contains only the name and the type. */
export interface ColumnSnapshot {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  readonly notNull: boolean;
  readonly autoincrement: boolean;
  readonly default?: unknown;
  readonly onUpdate?: boolean;
  readonly generated?: { readonly as: string; readonly type: string };
}

/** Definitions by name. */
export type Named<Definition> = Readonly<Record<string, Definition>>;

export interface IndexSnapshot {
  readonly name: string;
  readonly columns: readonly string[];
  readonly isUnique: boolean;
}

export interface ForeignKeySnapshot {
  readonly name: string;
  readonly tableTo: string;
}

export interface TableSnapshot {
  readonly name: string;
  readonly columns: Named<ColumnSnapshot>;
  readonly indexes: Named<IndexSnapshot>;
  readonly foreignKeys: Named<ForeignKeySnapshot>;
  readonly compositePrimaryKeys: Named<object>;
  readonly uniqueConstraints: Named<object>;
  readonly checkConstraint: Named<object>;
}

export interface ViewSnapshot {
  readonly name: string;
  /**
   * The columns in the order of the SELECT. drizzle-kit omits columns that are expressions, so `npm run generate` adds
   * them.
   */
  readonly columns: Named<ColumnSnapshot>;
  readonly definition: string;
}

export interface SchemaSnapshot {
  readonly tables: Named<TableSnapshot>;
  readonly views: Named<ViewSnapshot>;
}

/** A migration and the schema after it. */
export interface Migration {
  readonly tag: string;
  readonly steps: readonly MigrationStep[];
  readonly snapshot: SchemaSnapshot;
}

/** Returns the path of the snapshot that belongs to a migration. */
export function snapshotPath(directory: string, tag: string): string {
  return `${directory}/meta/${tag.slice(0, tag.indexOf('_'))}_snapshot.json`;
}

/**
 * Reads the migrations in their order. A migration without a snapshot counts as hand-written, so its schema is that of
 * the migration before it.
 */
export async function readMigrationSnapshots(directory: string = migrationsDirectory): Promise<Migration[]> {
  const migrations: Migration[] = [];
  let snapshot: SchemaSnapshot = { tables: {}, views: {} };
  for (const [tag, steps] of await readMigrationsByTag(directory)) {
    const text = await readFile(snapshotPath(directory, tag), 'utf8').catch(() => null);
    if (text !== null) snapshot = JSON.parse(text);
    migrations.push({ tag, steps, snapshot });
  }
  return migrations;
}
