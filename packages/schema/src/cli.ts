/**
 * The command line of the schema.
 *
 *   node packages/schema/src/cli.ts migrate --url mysql://root@127.0.0.1:3306/centflow
 *   node packages/schema/src/cli.ts set-up  --url mysql://root@127.0.0.1:3306 --database centflow
 */

import { tlsFor, verifiedTls } from '@centflow/lambda-kit/tls';
import { Command, Option } from 'commander';
import { createConnection } from 'mysql2/promise';
import type { Role } from './grants.ts';
import { type Migrated, migrate } from './migrate.ts';
import { setUpDatabase } from './set-up-database.ts';

const program = new Command('schema').description('Brings a Centflow database up to date.');
const url = () =>
  new Option('--url <url>', 'URL with the server and the user').env('CENTFLOW_MYSQL_URL').makeOptionMandatory();

program
  .command('migrate')
  .description('apply the migrations to the database in the URL, as the user in the URL')
  .addOption(url())
  .action(async (options: { url: string }) => {
    const connection = await createConnection({ uri: options.url, ...tlsFor(new URL(options.url).hostname) });
    report(await migrate(connection).finally(() => connection.end()));
  });

program
  .command('set-up')
  .description(
    'create the database, its users, tables, views and grants, as the administrator in the URL;  ' +
      'set the passwords in MIGRATOR_PASSWORD, LOADER_PASSWORD and REPORTER_PASSWORD',
  )
  .addOption(url())
  .requiredOption('--database <name>', 'the name of the database')
  .option('--no-tls', 'accept connections without TLS, for a server on this machine only')
  .action(async (options: { url: string; database: string; tls: boolean }) => {
    report(
      await setUpDatabase({
        administratorUrl: options.url,
        database: options.database,
        requireTls: options.tls,
        ...(options.tls ? { ssl: verifiedTls() } : {}),
        passwordOf,
      }),
    );
  });

function passwordOf(role: Role): string {
  const name = `${role.toUpperCase()}_PASSWORD`;
  const password = process.env[name];
  if (!password) throw new Error(`Set the environment variable ${name} to the password of ${role}.`);
  return password;
}

function report({ database, applied, unknown }: Migrated): void {
  console.log(`${database}: ${applied.length} ${applied.length === 1 ? 'step' : 'steps'} applied.`);
  if (unknown.length > 0)
    console.log(
      `The database is newer than this release. A newer release has applied these migrations: ${unknown.join(', ')}.`,
    );
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
