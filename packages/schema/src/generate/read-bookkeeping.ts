import type { MySqlTable } from 'drizzle-orm/mysql-core';
import { sourceFiles } from './source-files.ts';

/** Reads every bookkeeping table from the file that defines it, and not from the registry, which is generated later. */
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
