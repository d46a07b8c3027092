/**
 * Runs the job with the code that is deployed when a run starts.
 *
 * The emulator sends its job runs to a socket of this process. This process passes each run to a Spark with the script
 * and the packages that the job's definition names at that moment. After a deployment, another Spark is started.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { removeSocketFolder, socketPath } from '@centflow/local-processes/socket-path';
import { type SparkWorker, type SparkWorkerOptions, startSparkWorker } from '@centflow/local-stack/spark-worker';
import type { JobCode, JobPackage } from './job-package.ts';

export interface DeployedSparkOptions extends Omit<SparkWorkerOptions, 'socketPath' | 'scratchFolder' | 'job'> {
  /** The socket to which the emulator sends its job runs. */
  readonly socket: string;
  readonly temporaryFolder: string;
  /** The files with the AWS profile of the job runs and the emulator's certificate authority. */
  readonly rights: { readonly credentialsFile: string; readonly authorityFile: string };
  /** Fetches the job's code into a folder. */
  readonly fetch: (code: JobCode, folder: string) => Promise<JobPackage>;
}

export interface DeployedSpark {
  /** Starts the Spark for this code now, so that the first run does not wait for it. */
  ready(code: JobCode): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly code: string;
  readonly worker: SparkWorker;
}

export async function startDeployedSpark(options: DeployedSparkOptions): Promise<DeployedSpark> {
  const { socket, temporaryFolder, rights, fetch, ...common } = options;
  const workerSocket = socketPath(temporaryFolder, 'worker.sock');
  let running: Running | undefined;
  let runs = 0;
  // Only one caller at a time may replace Spark, and only while no run is active.
  let turn: Promise<unknown> = Promise.resolve();
  let idle = () => {};

  const spark = async (code: JobCode): Promise<void> => {
    const codeId = `${code.script} ${code.wheels}`;
    if (running?.code === codeId) return;
    while (runs > 0) await new Promise<void>((resolve) => (idle = resolve));
    await running?.worker.stop();
    running = undefined;
    const job = await fetch(code, mkdtempSync(join(temporaryFolder, 'job-')));
    const scratchFolder = mkdtempSync(join(temporaryFolder, 'spark-'));
    const worker = await startSparkWorker({
      ...common,
      socketPath: workerSocket,
      scratchFolder,
      job: { ...job, ...rights },
    });
    running = { code: codeId, worker };
  };
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const run = async (line: string, caller: Socket): Promise<void> => {
    const { job } = JSON.parse(line) as { job: JobCode };
    await inTurn(async () => {
      await spark(job);
      runs += 1;
    });
    const ended = () => {
      runs -= 1;
      if (runs === 0) idle();
    };
    const worker = connect(workerSocket).once('close', ended);
    // If a connection closes without an answer, the emulator concludes that the process of the run has died.
    worker.once('error', () => caller.destroy());
    worker.write(`${line}\n`);
    worker.pipe(caller);
  };
  const server = createServer((caller) => {
    caller.on('error', () => caller.destroy());
    createInterface(caller).once('line', (line) => {
      run(line, caller).catch((error: unknown) => {
        const message = `The Spark of the deployed job did not start: ${error instanceof Error ? error.message : error}`;
        caller.end(`${JSON.stringify({ state: 'FAILED', message })}\n`);
      });
    });
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve) => server.listen(socket, resolve));

  return {
    ready: (code) => inTurn(() => spark(code)),
    stop: async () => {
      server.close();
      await turn;
      await running?.worker.stop();
      removeSocketFolder(workerSocket, temporaryFolder);
    },
  };
}
