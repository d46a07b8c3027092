/**
 * The files that describe a running stack: `.local/env` for any client, and `.local/secrets.env` for the user of the stack.
 *
 * Both files exist only while the stack runs.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { runFolder } from '@centflow/local-processes/paths';
import { z } from 'zod';
import { databaseUrl } from './database.ts';
import { type AwsAccess, awsEnvironment } from './emulator.ts';
import type { StackDescription } from './stack.ts';

export const ENVIRONMENT_FILE = join(runFolder, 'env');
const SECRETS_FILE = join(runFolder, 'secrets.env');

const publicVariables = z.object({
  AWS_ENDPOINT_URL: z.url(),
  AWS_REGION: z.string(),
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  UPLOADS_BUCKET: z.string(),
  DATABASE_URL: z.url(),
  CONSOLE_URL: z.url(),
  CENTFLOW_PID: z.coerce.number().int().positive(),
});

const secretVariables = z.object({
  DATABASE_ADMIN_URL: z.url(),
  DATABASE_LOADER_URL: z.url(),
});

/** The addresses and credentials of a running stack, for the commands. */
export interface RunningStack extends AwsAccess {
  readonly pid: number;
  readonly bucket: string;
  readonly consoleUrl: string;
  /** The URL of the database for the user `reporter`, who may only read the views. */
  readonly databaseUrl: string;
  readonly adminUrl: string;
  readonly loaderUrl: string;
}

/** Writes both files. */
export function writeEnvironment(stack: StackDescription): void {
  mkdirSync(runFolder, { recursive: true });
  write(SECRETS_FILE, {
    DATABASE_ADMIN_URL: databaseUrl(stack, { user: stack.adminUser, password: stack.adminPassword }),
    DATABASE_LOADER_URL: databaseUrl(stack, stack.loader),
  });
  // This file marks the stack as running, so it is written last.
  write(ENVIRONMENT_FILE, {
    ...awsEnvironment(stack),
    UPLOADS_BUCKET: stack.bucket,
    DATABASE_URL: databaseUrl(stack, stack.reporter),
    CONSOLE_URL: stack.consoleUrl,
    CENTFLOW_PID: String(process.pid),
  });
}

export function removeEnvironment(): void {
  for (const file of [ENVIRONMENT_FILE, SECRETS_FILE]) rmSync(file, { force: true });
}

/**
 * Reads the description of the running stack.
 *
 * @throws {CommandError} if the stack is not running.
 */
export function readEnvironment(): RunningStack {
  if (!existsSync(ENVIRONMENT_FILE)) throw notRunning();
  const found = publicVariables.parse(parseEnv(readFileSync(ENVIRONMENT_FILE, 'utf8')));
  if (!isAlive(found.CENTFLOW_PID)) throw notRunning();
  const secrets = secretVariables.parse(parseEnv(readFileSync(SECRETS_FILE, 'utf8')));
  return {
    pid: found.CENTFLOW_PID,
    endpointUrl: found.AWS_ENDPOINT_URL,
    accessKeyId: found.AWS_ACCESS_KEY_ID,
    secretAccessKey: found.AWS_SECRET_ACCESS_KEY,
    bucket: found.UPLOADS_BUCKET,
    consoleUrl: found.CONSOLE_URL,
    databaseUrl: found.DATABASE_URL,
    adminUrl: secrets.DATABASE_ADMIN_URL,
    loaderUrl: secrets.DATABASE_LOADER_URL,
  };
}

function notRunning(): CommandError {
  return new CommandError(
    'The local stack is not running. Start it with `npm start`, leave it running, and use another terminal.',
    EXIT.notRunning,
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function write(file: string, variables: Readonly<Record<string, string>>): void {
  const text = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  rmSync(file, { force: true });
  writeFileSync(file, text.join(''), { mode: 0o600 });
}
