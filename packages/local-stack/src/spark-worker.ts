/** Starts the warm Spark process that runs the jobs. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { repository, type ToolPaths } from '@centflow/local-processes/paths';
import { type Part, startPart } from '@centflow/local-processes/supervise';
import { awsEnvironment, type Credentials } from './emulator.ts';
import { createSupervisor, type PartPlan } from './supervisor.ts';

export interface SparkWorkerOptions {
  readonly tools: ToolPaths;
  readonly endpointUrl: string;
  /** The credentials that sign the requests of job runs, unless `job` contains the credentials of a role. */
  readonly credentials?: Credentials;
  /** The AWS region; by default `eu-west-1`. */
  readonly region?: string;
  readonly socketPath: string;
  readonly scratchFolder: string;
  readonly logFile: string;
  /** The size of the driver's heap in Spark's notation, such as `2g`. */
  readonly memory: string;
  /** The job; by default the job of this repository. */
  readonly job?: Job;
  /** Receives each restart of the process, with its reason. */
  readonly onRestart: (message: string) => void;
}

/** The settings of a job that are stored in Glue on AWS. */
export interface Job {
  readonly script: string;
  /** The folder of the packages that the script imports. */
  readonly packages: string;
  /** The file with the AWS profile of the job runs, which contains a session of the job's role. */
  readonly credentialsFile: string;
  /** The PEM file of the emulator's certificate authority. */
  readonly authorityFile: string;
}

export interface SparkWorker {
  /** Returns the id of the process that currently runs the jobs. */
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

const NO_CREDENTIALS: Credentials = { accessKeyId: '', secretAccessKey: '' };

type StartOptions = Omit<SparkWorkerOptions, 'onRestart'>;

/** Returns the plan with which a supervisor starts Spark. */
export function sparkPlan(options: StartOptions): PartPlan {
  return { name: 'Spark', start: (signal) => startOnce(options, signal) };
}

/** Starts Spark and restarts it whenever it ends. */
export async function startSparkWorker(options: SparkWorkerOptions): Promise<SparkWorker> {
  const supervisor = createSupervisor({ report: options.onRestart, limits: { firstAttempts: 1 } });
  const spark = supervisor.keep(sparkPlan(options));
  await spark.started;
  return { pid: spark.pid, stop: spark.stop };
}

async function startOnce(options: StartOptions, signal: AbortSignal): Promise<Part> {
  const { job } = options;
  rmSync(options.socketPath, { force: true });
  return startPart({
    name: 'Spark',
    command: options.tools.python,
    args: [join(import.meta.dirname, 'emulator', 'spark_worker.py')],
    env: {
      ...awsEnvironment(
        { endpointUrl: options.endpointUrl, ...(options.credentials ?? NO_CREDENTIALS) },
        options.region,
      ),
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
    isReady: () => runsJava(options.socketPath),
    readyWithinMs: 180_000,
    stopWithinMs: 10_000,
    signal,
  });
}

/** Returns the environment variables of a job with a role: only its own packages and the credentials of its role. */
function asJob({ packages, credentialsFile, authorityFile }: Job): Record<string, string | undefined> {
  return {
    PYTHONPATH: packages,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
    AWS_CA_BUNDLE: authorityFile,
  };
}

/**
 * Pings the worker. The worker opens its socket when its session is warm, and answers through the Java process that
 * runs jobs.
 */
async function runsJava(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    socket.write('ping\n');
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    return answer.toString() === 'pong\n';
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
