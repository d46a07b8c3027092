/** `start`: the whole flow, loaded with the samples, until Ctrl-C. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { print, printError, visible } from '@centflow/command-line/screen';
import { renderTable } from '@centflow/command-line/table';
import { type Told, untilTold } from '@centflow/command-line/until-stopped';
import { dataFolder, runFolder } from '@centflow/local-processes/paths';
import { databaseUrl, withConnection } from '@centflow/local-stack/database';
import { type Accounting, followUploads, isSettled, type Version } from '@centflow/local-stack/follow';
import { putFile, sameVersion } from '@centflow/local-stack/put';
import { ENVIRONMENT_FILE, removeEnvironment, writeEnvironment } from '@centflow/local-stack/running-stack';
import { listSamples } from '@centflow/local-stack/samples';
import { type Stack, startStack } from '@centflow/local-stack/stack';
import { USUAL } from '@centflow/local-stack/supervisor';
import { type Sweeper, startSweeper } from '@centflow/local-stack/sweeper';
import type { Command } from 'commander';
import ora, { type Ora } from 'ora';
import { buildConsole } from '../build-console.ts';
import { buildTrigger } from '../build-trigger.ts';
import { lock } from '../lock.ts';
import { accountingRow } from './shared.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly sweepMinutes: string;
  readonly failures: string;
}

/** Well-known, so that a bookmarked client finds them again; others where they are taken. */
const PREFERRED_PORTS = { emulator: 4566, mysql: 3307, console: 4570 };
const SAMPLES_WITHIN_MS = 10 * 60_000;
const VIEW_ROWS_SHOWN = 5;
const UPLOADS_AT_ONCE = 8;

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start the local stack, load samples/, show the reports, and stay until Ctrl-C')
    .option('--once', 'do all that and end')
    .option('--sweep-minutes <n>', 'how often to compare the whole bucket with the database', '15')
    .option('--failures <n>', 'end with the reason when a part has failed this often in a row', String(USUAL.attempts))
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const unlock = lock();
  const told = untilTold();
  const isOld = existsSync(dataFolder);
  try {
    const stack = await startParts(options, told.signal);
    const sweeper = startSweeper(stack, { everyMs: Number(options.sweepMinutes) * 60_000, report: warn });
    told.signal.addEventListener('abort', sweeper.stop);
    try {
      const failing = stack.failed.then((reason) => {
        throw new CommandError(`${reason}\nThe logs are in ${stack.description.logFolder}`);
      });
      const serving = serve(stack, isOld ? sweeper : undefined, options, told);
      // The one that is not waited for any more must not end this process.
      for (const promise of [failing, serving]) promise.catch(() => undefined);
      await Promise.race([serving, failing]);
    } finally {
      sweeper.stop();
      removeEnvironment();
      await withSpinner('Stopping', () => stack.stop());
    }
  } catch (error) {
    if (!told.signal.aborted) throw error;
  } finally {
    unlock();
  }
  // Ctrl-C is how this command ends, unless it had an end of its own to reach.
  if (told.signal.aborted && options.once) throw new CommandError(`Ended early: ${told.signal.reason}`);
}

async function startParts({ failures }: StartOptions, signal: AbortSignal): Promise<Stack> {
  return withSpinner('Starting', async (say) => {
    const building = buildTrigger(join(runFolder, 'logs', 'trigger-build.log'));
    building.catch(() => undefined);
    const consoleBuilding = buildConsole(join(runFolder, 'logs', 'console-build.log'));
    consoleBuilding.catch(() => undefined);
    const stack = await startStack({
      dataFolder,
      logFolder: join(runFolder, 'logs'),
      parts: ['mysql', 's3', 'flow', 'console'],
      preferredPorts: PREFERRED_PORTS,
      temporaryDatabase: false,
      trigger: building,
      console: consoleBuilding,
      report: say,
      warn,
      limits: { attempts: Number(failures) },
    });
    if (signal.aborted) {
      await stack.stop();
      signal.throwIfAborted();
    }
    say('MySQL, the AWS emulator, Spark, the trigger, the job and the console are ready');
    return stack;
  });
}

async function serve(stack: Stack, sweeper: Sweeper | undefined, options: StartOptions, told: Told): Promise<void> {
  writeEnvironment(stack.description);
  print(`\nThe console: ${stack.description.consoleUrl}\n`);
  const uploads = await loadSamples(stack, sweeper, told.signal);
  if (told.signal.aborted) return;
  print(
    `\nUploads of samples/\n${renderTable(uploads.flatMap((row) => (row === undefined ? [] : [accountingRow(row)])))}`,
  );
  await showViews(stack);
  const unsettled = uploads.filter((row) => !isSettled(row));
  if (unsettled.length > 0) throw unsettledError(unsettled, stack);
  if (options.once) return;

  print(connectionHelp(stack));
  await told.ended;
}

/** Puts the samples that are not there yet with the same bytes, and waits until each has an end. */
async function loadSamples(
  stack: Stack,
  sweeper: Sweeper | undefined,
  signal: AbortSignal,
): Promise<(Accounting | undefined)[]> {
  const { through } = stack.supervisor;
  const { bucket } = stack.description;
  const samples = listSamples();
  return withSpinner(`Uploading samples/ (${samples.length} files)`, async (say) => {
    const versions: Version[] = [];
    let put = 0;
    for (let first = 0; first < samples.length; first += UPLOADS_AT_ONCE) {
      signal.throwIfAborted();
      const some = samples.slice(first, first + UPLOADS_AT_ONCE).map(({ file, objectKey }) =>
        through(async () => {
          const there = await sameVersion(stack.clients.s3, bucket, objectKey, file);
          if (there !== undefined) return there;
          const version = await putFile(stack.clients.s3, bucket, objectKey, file);
          put += 1;
          return version;
        }),
      );
      versions.push(...(await Promise.all(some)));
    }
    // What happened to the bucket, or was left half done, while nobody listened.
    sweeper?.soon();
    await sweeper?.idle();
    const found = await through(() =>
      withConnection(reporterUrl(stack), (reporter) =>
        followUploads(reporter, versions, {
          timeoutMs: SAMPLES_WITHIN_MS,
          signal,
          onProgress: (settled, of) => say(`Loading samples/: ${settled} of ${of}`),
        }),
      ),
    );
    say(`samples/: ${samples.length} files, ${put} of them uploaded now`);
    return found;
  });
}

async function showViews(stack: Stack): Promise<void> {
  // Read only now: the definitions of the views take a second to load, and nothing waits for them while the stack starts.
  const { moneyViewNames, readView } = await import('./report.ts');
  for (const view of moneyViewNames) {
    const rows = await stack.supervisor.through(() => readView(reporterUrl(stack), view, VIEW_ROWS_SHOWN));
    print(`\n${view}\n${renderTable(rows)}`);
  }
}

function reporterUrl({ description }: Stack): string {
  return databaseUrl(description, description.reporter);
}

function unsettledError(unsettled: readonly (Accounting | undefined)[], { description }: Stack): CommandError {
  const reasons = unsettled.map((row) =>
    row === undefined ? 'no job run took it' : `${row.object_key}: ${row.reason ?? row.state}`,
  );
  return new CommandError(
    `${unsettled.length} of the samples did not load: ${[...new Set(reasons)].join('; ')}. The logs are in ${description.logFolder}`,
  );
}

function connectionHelp({ description: it }: Stack): string {
  const file = relative(process.cwd(), ENVIRONMENT_FILE);
  return `
The local stack runs until Ctrl-C.

  Console          ${it.consoleUrl}
  Any client       set -a; . ${file}; set +a
  Upload           aws s3 cp my.csv s3://${it.bucket}/raw/expenses/owner=me/my.csv
                   npm run centflow -- upload my.csv --feed expenses --owner me
  Read             mysql -h ${it.databaseHost} -P ${it.databasePort} -u ${it.reporter.user} -p'${it.reporter.password}' ${it.databaseName}
                   npm run centflow -- report v_monthly_cash_flow
  More             npm run centflow -- --help
`;
}

/** What shows now. */
let spinner: Ora | undefined;

/** Prints a line that stays, above the spinner. */
function warn(message: string): void {
  if (spinner?.isSpinning) spinner.clear();
  printError(`${new Date().toTimeString().slice(0, 8)} ${message}`);
  if (spinner?.isSpinning) spinner.render();
}

async function withSpinner<Result>(
  text: string,
  work: (say: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const since = performance.now();
  const mine = ora({ text, stream: process.stderr, discardStdin: false }).start();
  spinner = mine;
  try {
    const result = await work((next) => {
      mine.text = visible(next);
    });
    const took = ((performance.now() - since) / 1000).toFixed(1);
    mine.stopAndPersist({ symbol: '✔', text: `${mine.text}, ${took} s` });
    return result;
  } catch (error) {
    mine.stopAndPersist({ symbol: '✘' });
    throw error;
  }
}
