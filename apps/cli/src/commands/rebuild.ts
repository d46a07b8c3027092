/** `rebuild --check`: loads the bucket's `raw/` into an empty second database and compares every report view. */
import { randomBytes } from 'node:crypto';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { renderTable } from '@centflow/command-line/table';
import { isLoopback, tlsFor } from '@centflow/lambda-kit/tls';
import { withConnection } from '@centflow/local-stack/database';
import { runSweep } from '@centflow/local-stack/job-runs';
import type { RunningStack } from '@centflow/local-stack/running-stack';
import { comparedViews, compareView, rebuiltName, type ViewComparison } from '@centflow/schema/compare-views';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import type { Command } from 'commander';
import type { Connection } from 'mysql2/promise';
import { type JsonOption, withJson, withProgress, withStack } from './shared.ts';

interface RebuildOptions extends JsonOption {
  readonly check?: boolean;
}

export function addRebuild(program: Command): void {
  withJson(
    program
      .command('rebuild')
      .description(
        'check that the database matches the bucket: load the bucket into a second database and compare every view',
      )
      .option('--check', 'compare only, without changing the running database (required)'),
  ).action(rebuild);
}

async function rebuild({ check, json }: RebuildOptions): Promise<void> {
  if (!check)
    throw new CommandError('Run `rebuild --check`. It compares the databases and changes nothing.', EXIT.usage);
  const comparisons = await withStack((stack, { glue }) =>
    withProgress('Rebuilding the database from the bucket', json === true, (setText) =>
      withSecondDatabase(stack, async (administrator, live, rebuilt) => {
        const end = await runSweep(glue, { '--database-name': rebuilt });
        if (end.state !== 'SUCCEEDED') {
          throw new CommandError(
            `Job run ${end.jobRunId} of the rebuild ended with state ${end.state}: ${end.message}`,
          );
        }
        const found: ViewComparison[] = [];
        for (const view of comparedViews) {
          setText(`Comparing ${view}`);
          found.push(await compareView(administrator, view, live, rebuilt));
        }
        return found;
      }),
    ),
  );
  const different = comparisons.filter(({ differences }) => differences.length > 0);
  if (json) printJson({ equal: different.length === 0, views: comparisons });
  else report(comparisons);
  if (different.length > 0) process.exitCode = EXIT.differs;
}

/**
 * Runs `work` with an empty second database on the same server, which is dropped afterwards. The loader of the running
 * stack
 * may write to the second database.
 */
async function withSecondDatabase<Result>(
  { adminUrl, loaderUrl }: RunningStack,
  work: (administrator: Connection, live: string, rebuilt: string) => Promise<Result>,
): Promise<Result> {
  const live = new URL(adminUrl).pathname.slice(1);
  const rebuilt = rebuiltName(live);
  const loader = new URL(loaderUrl);
  const accounts = {
    loader: decodeURIComponent(loader.username),
    migrator: 'rebuild_migrator',
    reporter: 'rebuild_reporter',
  };
  const passing = randomBytes(18).toString('base64url');
  return withConnection(adminUrl, async (administrator) => {
    const remove = async () => {
      await administrator.query('DROP DATABASE IF EXISTS ??', [rebuilt]);
      for (const user of [accounts.migrator, accounts.reporter]) {
        await administrator.query("DROP USER IF EXISTS ?@'%'", [user]);
      }
    };
    await remove();
    try {
      await setUpDatabase({
        administratorUrl: adminUrl,
        database: rebuilt,
        accounts,
        passwordOf: (role) => (role === 'loader' ? decodeURIComponent(loader.password) : passing),
        requireTls: !isLoopback(loader.hostname),
        ...tlsFor(loader.hostname),
      });
      return await work(administrator, live, rebuilt);
    } finally {
      await remove();
    }
  });
}

function report(comparisons: readonly ViewComparison[]): void {
  print(
    renderTable(
      comparisons.map(({ view, rows, differences }) => ({
        view,
        rows,
        result: differences.length === 0 ? 'equal' : 'DIFFERENT',
      })),
    ),
  );
  for (const { view, differences } of comparisons) {
    if (differences.length === 0) continue;
    print(
      `\n${view}: rows with a surplus above 0 are extra in the running database, those below 0 are missing from it`,
    );
    print(renderTable(differences));
  }
  if (comparisons.every(({ differences }) => differences.length === 0)) {
    print('The database matches the bucket: every report view is equal, row by row.');
  } else {
    print(
      '\nThe database does not match the bucket. Run `npm run centflow -- sweep` to load changes that events missed.',
    );
  }
}
