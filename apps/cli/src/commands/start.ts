/** `start`: starts the local stack, loads the samples, and serves until Ctrl-C. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { print, printError, visible } from '@centflow/command-line/screen';
import { listenForStop, type StopRequest } from '@centflow/command-line/stop-request';
import { renderTable } from '@centflow/command-line/table';
import { dataFolder, runFolder } from '@centflow/local-processes/paths';
import { databaseUrl, withConnection } from '@centflow/local-stack/database';
import { type Accounting, followUploads, isSettled, type Version } from '@centflow/local-stack/follow';
import { findSameVersion, putFile } from '@centflow/local-stack/put';
import { ENVIRONMENT_FILE, removeEnvironment, writeEnvironment } from '@centflow/local-stack/running-stack';
import { listSamples } from '@centflow/local-stack/samples';
import { type LocalStack, startStack } from '@centflow/local-stack/stack';
import { DEFAULT_LIMITS } from '@centflow/local-stack/supervisor';
import { type Sweeper, startSweeper } from '@centflow/local-stack/sweeper';
import type { Command } from 'commander';
import ora, { type Ora } from 'ora';
import { buildConsole } from '../build-console.ts';
import { buildTrigger } from '../build-trigger.ts';
import { acquireStartLock } from '../start-lock.ts';
import { accountingRow } from './shared.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly sweepMinutes: string;
  readonly failures: string;
}

/** Fixed ports, so that bookmarks keep working. If a port is taken, the stack uses another port. */
const PREFERRED_PORTS = { emulator: 4566, mysql: 3307, console: 4570 };
const SAMPLES_WITHIN_MS = 10 * 60_000;
const VIEW_ROWS_SHOWN = 5;
const UPLOADS_AT_ONCE = 8;

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start the local stack, load samples/, show the reports, and stay until Ctrl-C')
    .option('--once', 'stop after showing the reports')
    .option('--sweep-minutes <n>', 'minutes between two sweeps of the whole bucket', '15')
    .option('--failures <n>', 'stop when a part has failed this many times in a row', String(DEFAULT_LIMITS.attempts))
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const unlock = acquireStartLock();
  const stopRequest = listenForStop();
  const hasEarlierData = existsSync(dataFolder);
  try {
    const stack = await startParts(options, stopRequest.signal);
    const sweeper = startSweeper(stack, { everyMs: Number(options.sweepMinutes) * 60_000, report: warn });
    stopRequest.signal.addEventListener('abort', sweeper.stop);
    try {
      const failing = stack.failed.then((reason) => {
        throw new CommandError(`${reason}\nThe logs are in ${stack.description.logFolder}`);
      });
      const serving = serve(stack, hasEarlierData ? sweeper : undefined, options, stopRequest);
      // The race awaits only the first of the two promises. A later rejection of the other must not end this process.
      for (const promise of [failing, serving]) promise.catch(() => undefined);
      await Promise.race([serving, failing]);
    } finally {
      sweeper.stop();
      removeEnvironment();
      await withSpinner('Stopping', () => stack.stop());
    }
  } catch (error) {
    if (!stopRequest.signal.aborted) throw error;
  } finally {
    unlock();
  }
  // Ctrl-C is the normal end of this command. With `--once`, it means that the command stopped early.
  if (stopRequest.signal.aborted && options.once) {
    throw new CommandError(`Stopped early: ${stopRequest.signal.reason}`);
  }
}

async function startParts({ failures }: StartOptions, signal: AbortSignal): Promise<LocalStack> {
  return withSpinner('Starting', async (setText) => {
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
      report: setText,
      warn,
      limits: { attempts: Number(failures) },
    });
    if (signal.aborted) {
      await stack.stop();
      signal.throwIfAborted();
    }
    setText('MySQL, the AWS emulator, Spark, the trigger, the job and the console are ready');
    return stack;
  });
}

async function serve(
  stack: LocalStack,
  sweeper: Sweeper | undefined,
  options: StartOptions,
  stopRequest: StopRequest,
): Promise<void> {
  writeEnvironment(stack.description);
  print(`\nThe console: ${stack.description.consoleUrl}\n`);
  const uploads = await loadSamples(stack, sweeper, stopRequest.signal);
  if (stopRequest.signal.aborted) return;
  print(
    `\nUploads of samples/\n${renderTable(uploads.flatMap((row) => (row === undefined ? [] : [accountingRow(row)])))}`,
  );
  await showViews(stack);
  const unsettled = uploads.filter((row) => !isSettled(row));
  if (unsettled.length > 0) throw unsettledError(unsettled, stack);
  if (options.once) return;

  print(connectionHelp(stack));
  await stopRequest.received;
}

/** Uploads the samples that the bucket does not contain with the same bytes, and waits until all samples are loaded. */
async function loadSamples(
  stack: LocalStack,
  sweeper: Sweeper | undefined,
  signal: AbortSignal,
): Promise<(Accounting | undefined)[]> {
  const { runWithParts } = stack.supervisor;
  const { bucket } = stack.description;
  const samples = listSamples();
  return withSpinner(`Uploading samples/ (${samples.length} files)`, async (setText) => {
    const versions: Version[] = [];
    let uploaded = 0;
    for (let first = 0; first < samples.length; first += UPLOADS_AT_ONCE) {
      signal.throwIfAborted();
      const some = samples.slice(first, first + UPLOADS_AT_ONCE).map(({ file, objectKey }) =>
        runWithParts(async () => {
          const existing = await findSameVersion(stack.clients.s3, bucket, objectKey, file);
          if (existing !== undefined) return existing;
          const version = await putFile(stack.clients.s3, bucket, objectKey, file);
          uploaded += 1;
          return version;
        }),
      );
      versions.push(...(await Promise.all(some)));
    }
    // The bucket may have changed while no stack ran. The last stack may also have stopped in the middle of an upload.
    sweeper?.soon();
    await sweeper?.idle();
    const found = await runWithParts(() =>
      withConnection(reporterUrl(stack), (reporter) =>
        followUploads(reporter, versions, {
          timeoutMs: SAMPLES_WITHIN_MS,
          signal,
          onProgress: (settled, total) => setText(`Loading samples/: ${settled} of ${total}`),
        }),
      ),
    );
    setText(`samples/: ${samples.length} files, ${uploaded} of them uploaded now`);
    return found;
  });
}

async function showViews(stack: LocalStack): Promise<void> {
  // The view definitions take a second to import, so they are imported only after the stack has started.
  const { moneyViewNames, readView } = await import('./report.ts');
  for (const view of moneyViewNames) {
    const rows = await stack.supervisor.runWithParts(() => readView(reporterUrl(stack), view, VIEW_ROWS_SHOWN));
    print(`\n${view}\n${renderTable(rows)}`);
  }
}

function reporterUrl({ description }: LocalStack): string {
  return databaseUrl(description, description.reporter);
}

function unsettledError(unsettled: readonly (Accounting | undefined)[], { description }: LocalStack): CommandError {
  const reasons = unsettled.map((row) =>
    row === undefined ? 'no job run has loaded the file' : `${row.object_key}: ${row.reason ?? row.state}`,
  );
  return new CommandError(
    `${unsettled.length} sample(s) did not load: ${[...new Set(reasons)].join('; ')}. The logs are in ${description.logFolder}`,
  );
}

function connectionHelp({ description }: LocalStack): string {
  const file = relative(process.cwd(), ENVIRONMENT_FILE);
  return `
The local stack runs until Ctrl-C.

  Console          ${description.consoleUrl}
  Any client       set -a; . ${file}; set +a
  Upload           aws s3 cp my.csv s3://${description.bucket}/raw/expenses/owner=me/my.csv
                   npm run centflow -- upload my.csv --feed expenses --owner me
  Read             mysql -h ${description.databaseHost} -P ${description.databasePort} -u ${description.reporter.user} -p'${description.reporter.password}' ${description.databaseName}
                   npm run centflow -- report v_monthly_cash_flow
  More             npm run centflow -- --help
`;
}

/** The current spinner. */
let spinner: Ora | undefined;

/** Prints a permanent line above the spinner. */
function warn(message: string): void {
  if (spinner?.isSpinning) spinner.clear();
  printError(`${new Date().toTimeString().slice(0, 8)} ${message}`);
  if (spinner?.isSpinning) spinner.render();
}

async function withSpinner<Result>(
  text: string,
  work: (setText: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const since = performance.now();
  const current = ora({ text, stream: process.stderr, discardStdin: false }).start();
  spinner = current;
  try {
    const result = await work((next) => {
      current.text = visible(next);
    });
    const took = ((performance.now() - since) / 1000).toFixed(1);
    current.stopAndPersist({ symbol: '✔', text: `${current.text}, ${took} s` });
    return result;
  } catch (error) {
    current.stopAndPersist({ symbol: '✘' });
    throw error;
  }
}
