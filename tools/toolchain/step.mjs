/**
 * Defines the folders of the set-up, and runs its steps and reports their failures.
 *
 * A step writes the hash of its inputs to a stamp file when it succeeds. The step runs again only if the hash changes
 * or an output is missing, so a warm start costs only a few file reads.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The folder of this module. */
export const setUpFolder = dirname(fileURLToPath(import.meta.url));
export const local = join(repository, '.local');
export const toolchain = join(local, 'toolchain');
export const virtualEnvironment = join(local, 'venv');

/** A failure that the user can fix. The message reports what is wrong, where, and what to do. */
export class SetupError extends Error {
  /**
   * @param {string} problem what is wrong, and where
   * @param {string} remedy what the user can do
   */
  constructor(problem, remedy) {
    super(`${problem}\n  What to do: ${remedy}`);
    this.name = 'SetupError';
  }
}

const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

/**
 * Runs `make`, unless it has already created `outputs` from the same inputs.
 *
 * @param {{
 *   name: string,
 *   title: string,
 *   inputs: (string | Buffer)[],
 *   outputs: () => string[],
 *   make: (log: string) => Promise<void>,
 * }} step `inputs` are contents, not file names; `log` is the file for the output of the tools
 */
export async function step({ name, title, inputs, outputs, make }) {
  const stamp = join(local, 'stamps', name);
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(input).update('\0');
  const inputHash = hash.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputHash && outputs().every(existsSync)) return;

  const startedAt = performance.now();
  const log = join(local, 'logs', `setup-${name}.log`);
  mkdirSync(dirname(stamp), { recursive: true });
  mkdirSync(dirname(log), { recursive: true });
  rmSync(stamp, { force: true });
  rmSync(log, { force: true });
  console.error(`  …  ${title}`);
  try {
    await make(log);
  } catch (error) {
    console.error(`  ✘  ${title}, failed after ${seconds(startedAt)}`);
    throw error;
  }
  const missing = outputs().find((output) => !existsSync(output));
  if (missing !== undefined) {
    throw new SetupError(
      `${title}: the step succeeded, but ${missing} does not exist (see ${log})`,
      `remove ${local}, then run the command again`,
    );
  }
  writeFileSync(stamp, inputHash);
  console.error(`  ✔  ${title}, ${seconds(startedAt)}`);
}

/** Variables that grant rights in AWS or on GitHub. The install script of a package needs none of them. */
const CREDENTIALS = /^(AWS_|ACTIONS_ID_TOKEN_|ACTIONS_RUNTIME_TOKEN$|GITHUB_TOKEN$|GH_TOKEN$)/;

/** @param {NodeJS.ProcessEnv} environment */
function withoutCredentials(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !CREDENTIALS.test(name)));
}

/**
 * Runs a tool without credentials and writes its output to `log`. If it fails, the error quotes the last lines of the output.
 *
 * @param {string} log
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, remedy?: string }} [options]
 */
export async function run(log, command, args, { cwd = repository, env = {}, remedy } = {}) {
  const output = createWriteStream(log, { flags: 'a' });
  output.write(`$ ${command} ${args.join(' ')}\n`);
  const child = spawn(command, args, {
    cwd,
    env: { ...withoutCredentials(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output.write(text);
      tail = (tail + text).slice(-4000);
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve(exitCode ?? signal));
  }).finally(() => output.end());
  if (code !== 0) {
    const lines = tail.trimEnd().split('\n').slice(-12).join('\n    ');
    throw new SetupError(
      `${command} ended with ${code}:\n    ${lines}`,
      remedy ?? `read ${log}, then run the command again; it skips the completed steps`,
    );
  }
}

/**
 * Returns the output of a command, or undefined if the command is missing or fails.
 *
 * @param {string} command
 * @param {string[]} args
 */
export function output(command, args) {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  return done.status === 0 ? `${done.stdout}${done.stderr}` : undefined;
}
