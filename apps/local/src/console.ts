/** The console: its build, and the process that serves it. */
import { join } from 'node:path';
import { type AwsAccess, awsEnvironment } from './emulator.ts';
import { runLoggedBuild } from './logged-build.ts';
import { NAMES } from './names.ts';
import { readToolPaths, repository } from './paths.ts';
import { type Part, startPart } from './supervise.ts';

const folder = join(repository, 'apps', 'console');

/** Builds the web, unless it is built from the same sources already. */
export async function buildConsole(logFile: string): Promise<void> {
  await runLoggedBuild({
    what: 'The console',
    command: readToolPaths().pnpm,
    args: ['exec', 'turbo', 'run', 'build', '--filter=@centflow/console'],
    folder: repository,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
    logFile,
  });
}

export interface ConsoleOptions {
  readonly port: number;
  readonly aws: AwsAccess;
  /** The reporter's. */
  readonly databaseUrl: string;
  /** Keeps the key of its sessions, and its audit log. */
  readonly dataFolder: string;
  /** Where the supervisor describes the parts. */
  readonly partsFile: string;
  readonly logFile: string;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** Serves the web and its API on 127.0.0.1. */
export async function startConsole(options: ConsoleOptions): Promise<Part> {
  return startPart({
    name: 'the console',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', join(folder, 'api', 'local', 'main.ts')],
    env: {
      ...awsEnvironment(options.aws),
      PORT: String(options.port),
      HOST: '127.0.0.1',
      WEB_FOLDER: join(folder, 'dist', 'web'),
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
