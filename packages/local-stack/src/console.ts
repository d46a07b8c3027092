/** Starts the process that serves the console. */

import { type Part, startPart } from '@centflow/local-processes/supervise';
import { type AwsAccess, awsEnvironment } from './emulator.ts';
import { NAMES } from './names.ts';

/** The build output of the console. */
export interface BuiltConsole {
  /** The Node program that serves the pages and the API. */
  readonly program: string;
  /** The folder with the pages. */
  readonly webFolder: string;
}

export interface ConsoleOptions {
  readonly built: BuiltConsole;
  readonly port: number;
  readonly aws: AwsAccess;
  /** The address of the database, with the credentials of the user `reporter`. */
  readonly databaseUrl: string;
  /** The folder of the session key and the audit log. */
  readonly dataFolder: string;
  /** The file in which the supervisor publishes the states of the parts. */
  readonly partsFile: string;
  readonly logFile: string;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/** Starts the console's pages and API on 127.0.0.1. */
export async function startConsole(options: ConsoleOptions): Promise<Part> {
  return startPart({
    name: 'the console',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', options.built.program],
    env: {
      ...awsEnvironment(options.aws),
      PORT: String(options.port),
      HOST: '127.0.0.1',
      WEB_FOLDER: options.built.webFolder,
      DATA_FOLDER: options.dataFolder,
      PARTS_FILE: options.partsFile,
      DATABASE_URL: options.databaseUrl,
      UPLOADS_BUCKET: NAMES.bucket,
      GLUE_JOB_NAME: NAMES.job,
      QUEUE_NAME: NAMES.queue,
      DEAD_LETTER_QUEUE_NAME: NAMES.deadLetterQueue,
    },
    logFile: options.logFile,
    isReady: () => isServing(`http://127.0.0.1:${options.port}/api/config`),
    readyWithinMs: 180_000,
    stopWithinMs: 5_000,
    signal: options.signal,
  });
}

async function isServing(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
