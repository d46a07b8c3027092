/** The folders and tools of the local stack. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export const repository = resolve(import.meta.dirname, '..', '..', '..');

/** The folder of all files that the stack and its set-up write. */
export const localFolder = join(repository, '.local');

/**
 * The folder with the data, the lock and the `env` file of the stack that `npm start` runs. Tests use other folders.
 */
export const runFolder = resolve(process.env.CENTFLOW_RUN_DIR ?? localFolder);

/** The folder of the data that the stack of `npm start` keeps between starts. */
export const dataFolder = join(runFolder, 'data');

/** The paths of the tools that the set-up has installed or found. */
const toolPaths = z.object({
  node: z.string(),
  pnpm: z.string(),
  uv: z.string(),
  python: z.string(),
  virtualEnvironment: z.string(),
  /** The Python interpreter that runs the AWS emulator. */
  emulatorPython: z.string(),
  javaHome: z.string(),
  /** Java's archive of Spark's classes. The file may be missing. */
  sparkClasses: z.string(),
  mysqlHome: z.string(),
  mysqlLibraries: z.string(),
  /** The library libfaketime; undefined if `chaos` has not downloaded it. */
  faketime: z.string().optional(),
});
export type ToolPaths = z.infer<typeof toolPaths>;

/** Reads the paths that the set-up recorded (tools/toolchain/set-up.mjs). */
export function readToolPaths(): ToolPaths {
  const file = join(localFolder, 'toolchain', 'paths.json');
  if (!existsSync(file)) {
    throw new Error(
      `${file} is missing: the set-up has not run. Run \`npm start\` or \`npm test\`, which set up what they need.`,
    );
  }
  return toolPaths.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Returns the environment variables through which Turbo's tasks find the Python packages of the set-up. */
export function turboEnvironment({ virtualEnvironment }: ToolPaths): Record<string, string | undefined> {
  return { TURBO_TELEMETRY_DISABLED: '1', UV_PROJECT_ENVIRONMENT: virtualEnvironment, VIRTUAL_ENV: undefined };
}
