/** Where everything of the local stack lies. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export const repository = resolve(import.meta.dirname, '..', '..', '..');

/** Everything the stack and its set-up write. */
export const localFolder = join(repository, '.local');

/** What belongs to the stack of `npm start`: its data, its lock, its `env`. Tests have it elsewhere. */
export const runFolder = resolve(process.env.CENTFLOW_RUN_DIR ?? localFolder);

/** What the stack of `npm start` keeps. */
export const dataFolder = join(runFolder, 'data');

/** The tools that the bootstrap installed, or found. */
const toolPaths = z.object({
  node: z.string(),
  pnpm: z.string(),
  uv: z.string(),
  python: z.string(),
  virtualEnvironment: z.string(),
  /** The AWS emulator's. */
  emulatorPython: z.string(),
  javaHome: z.string(),
  /** Java's archive of Spark's classes. It may be missing. */
  sparkClasses: z.string(),
  mysqlHome: z.string(),
  mysqlLibraries: z.string(),
  /** libfaketime, where `chaos` has fetched it. */
  faketime: z.string().optional(),
});
export type ToolPaths = z.infer<typeof toolPaths>;

/** Reads what bootstrap/run.cjs recorded. */
export function readToolPaths(): ToolPaths {
  const file = join(localFolder, 'toolchain', 'paths.json');
  if (!existsSync(file)) {
    throw new Error(
      `${file} is missing: the set-up has not run. Run \`npm start\` or \`npm test\`, which set up what they need.`,
    );
  }
  return toolPaths.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** What Turbo's tasks find beside the environment of this process: the Python packages of the set-up. */
export function turboEnvironment({ virtualEnvironment }: ToolPaths): Record<string, string | undefined> {
  return { TURBO_TELEMETRY_DISABLED: '1', UV_PROJECT_ENVIRONMENT: virtualEnvironment, VIRTUAL_ENV: undefined };
}
