/**
 * Runs a bundled Lambda once with a sample event, and prints its log and its answer. Each Lambda's `run-locally.ts`
 * uses
 * this file.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { invokeLambda } from './invoke-lambda.ts';

const RUN_FOLDER = process.env.CENTFLOW_RUN_DIR ?? join(import.meta.dirname, '..', '..', '..', '.local');

export interface LocalRun {
  /** Bundles the Lambda into a folder and returns the bundle. */
  readonly bundleLambda: (folder: string) => Promise<string>;
  /** The JSON file of the event. */
  readonly eventFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Bundles and invokes the Lambda. The exit code of this process is 1 if the handler throws. */
export async function runLocally({ bundleLambda, eventFile, env }: LocalRun): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'centflow-lambda-'));
  try {
    const event: unknown = JSON.parse(await readFile(eventFile, 'utf8'));
    const { output, answer, error } = await invokeLambda(await bundleLambda(folder), event, env);
    process.stdout.write(output);
    if (error !== undefined) {
      console.error(error);
      process.exitCode = 1;
      return;
    }
    console.log(JSON.stringify(answer, undefined, 2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads `.local/env`, where `npm start` stores the addresses and credentials of the local stack.
 *
 * @throws {Error} if the local stack is not running.
 */
export async function readLocalStack(): Promise<Record<string, string>> {
  const file = join(RUN_FOLDER, 'env');
  if (!existsSync(file)) {
    throw new Error(`${file} does not exist. Start the local stack with \`npm start\` and leave it running.`);
  }
  return parseEnv(await readFile(file, 'utf8')) as Record<string, string>;
}
