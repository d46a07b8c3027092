import type { MySqlTable } from 'drizzle-orm/mysql-core';
import { sourceFiles } from './source-files.ts';

/** Reads each bookkeeping table from its source file, because the registry of the tables is generated later. */
export async function readBookkeeping(): Promise<MySqlTable[]> {
  const files = await sourceFiles('bookkeeping');
  return await Promise.all(
    files.map(async ({ stem, identifier, url }) => {
      const { [identifier]: table }: Readonly<Record<string, MySqlTable | undefined>> = await import(url.href);
      if (table === undefined) {
        throw new TypeError(`Add \`export const ${identifier} = mysqlTable(…)\` to src/bookkeeping/${stem}.ts.`);
      }
      return table;
    }),
  );
}
