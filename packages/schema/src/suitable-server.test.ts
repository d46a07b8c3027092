import type { Connection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { migrate, requireSuitableServer, UnsuitableDatabaseError } from './migrate.ts';

/** A fake server that returns its version and fails on every other statement. */
function serverOfVersion(version: string): Connection {
  const query = async (sql: string) => {
    if (sql.startsWith('SELECT version()')) return [[{ version }], []];
    throw new Error(`The server does not know ${sql}`);
  };
  return { query } as unknown as Connection;
}

describe('requireSuitableServer', () => {
  it.each(['8.0.29', '8.0.31', '8.4.6', '9.7.4-2'])('accepts MySQL %s', async (version) => {
    await expect(requireSuitableServer(serverOfVersion(version))).resolves.toBeUndefined();
  });

  it.each(['5.7.44', '8.0.28', '8.0.4-rc-log'])('rejects MySQL %s as too old', async (version) => {
    const refusal = requireSuitableServer(serverOfVersion(version));
    await expect(refusal).rejects.toThrow(`The server is MySQL ${version}. Use MySQL 8.0.29 or newer.`);
  });

  it.each(['11.8.9-MariaDB-ubu2404', '5.5.5-10.6.18-MariaDB', '10.11.6-MariaDB-log'])(
    'rejects MariaDB with any version number: %s',
    async (version) => {
      await expect(requireSuitableServer(serverOfVersion(version))).rejects.toThrow(/MariaDB.*Use MySQL 8\.0\.29/);
    },
  );
});

describe('migrate', () => {
  it('rejects MariaDB before it runs any other statement', async () => {
    await expect(migrate(serverOfVersion('11.8.9-MariaDB'))).rejects.toThrow(UnsuitableDatabaseError);
  });
});
