/** The warm Spark process, started again whenever it dies. */

import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { awsEnvironment, type Credentials } from './emulator.ts';
import { repository, type ToolPaths } from './paths.ts';
import { type Part, startPart } from './supervise.ts';

export interface SparkWorkerOptions {
  readonly tools: ToolPaths;
  readonly endpointUrl: string;
  /** What signs the requests of the job's runs, unless the `job` has a role's. */
  readonly credentials?: Credentials;
  /** `eu-west-1` where left out. */
  readonly region?: string;
  readonly socketPath: string;
  readonly scratchFolder: string;
  readonly logFile: string;
  /** The driver's heap, as Spark writes sizes. */
  readonly memory: string;
  /** The job; that of this repository where left out. */
  readonly job?: Job;
  /** Told when the process ended by itself and is started again. */
  readonly onRestart: (message: string) => void;
}

/** A job as Glue has it. */
export interface Job {
  readonly script: string;
  /** The folder of the packages that it imports. */
  readonly packages: string;
  /** The AWS profile that its runs have; a session of the job's role. */
  readonly credentialsFile: string;
  /** A file with the authority that vouches for AWS, PEM. */
  readonly authorityFile: string;
}

export interface SparkWorker {
  /** The process that runs the jobs now. */
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

const NOBODY: Credentials = { accessKeyId: '', secretAccessKey: '' };

/** Restarts beyond this many without a minute of life between them are given up. */
const MAX_QUICK_RESTARTS = 5;

export async function startSparkWorker(options: SparkWorkerOptions): Promise<SparkWorker> {
  let part = await startOnce(options);
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();

  const watch = (current: Part, startedAt: number, quickRestarts: number): void => {
    void current.ended.then(() => {
      if (stopping) return;
      const restarts = Date.now() - startedAt > 60_000 ? 0 : quickRestarts + 1;
      if (restarts > MAX_QUICK_RESTARTS) {
        options.onRestart(`Spark ended ${restarts} times in a row and stays down; see ${options.logFile}`);
        return;
      }
      options.onRestart('Spark ended by itself; starting it again');
      // First what the dead one left: its Java, its Python processes.
      restarting = current
        .stop()
        .then(() => startOnce(options))
        .then(
          (next) => {
            part = next;
            if (stopping) return next.stop();
            watch(next, Date.now(), restarts);
            return undefined;
          },
          (error: unknown) => options.onRestart(`Spark did not start again: ${(error as Error).message}`),
        );
    });
  };
  watch(part, Date.now(), 0);

  return {
    pid: () => part.process.pid,
    stop: async () => {
      stopping = true;
      await restarting;
      await part.stop();
    },
  };
}

async function startOnce(options: SparkWorkerOptions): Promise<Part> {
  const { job } = options;
  rmSync(options.socketPath, { force: true });
  return startPart({
    name: 'Spark',
    command: options.tools.python,
    args: [join(repository, 'apps', 'local', 'src', 'emulator', 'spark_worker.py')],
    env: {
      ...awsEnvironment({ endpointUrl: options.endpointUrl, ...(options.credentials ?? NOBODY) }, options.region),
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      JAVA_HOME: options.tools.javaHome,
      PYSPARK_PYTHON: options.tools.python,
      PYTHONUNBUFFERED: '1',
      SPARK_LOCAL_IP: '127.0.0.1',
      ...(job === undefined ? {} : asJob(job)),
      CENTFLOW_JOB_SCRIPT: job?.script ?? join(repository, 'glue', 'job.py'),
      CENTFLOW_SPARK_CLASSES: options.tools.sparkClasses,
      CENTFLOW_SPARK_SOCKET: options.socketPath,
      CENTFLOW_SPARK_DIR: options.scratchFolder,
      CENTFLOW_SPARK_MEMORY: options.memory,
    },
    logFile: options.logFile,
    isReady: () => listens(options.socketPath),
    readyWithinMs: 180_000,
    stopWithinMs: 10_000,
  });
}

/** Nothing of this repository's, and no rights but its own. */
function asJob({ packages, credentialsFile, authorityFile }: Job): Record<string, string | undefined> {
  return {
    PYTHONPATH: packages,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    AWS_CA_BUNDLE: authorityFile,
  };
}

/** The worker opens its socket once its session and its Python processes are warm. */
async function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
