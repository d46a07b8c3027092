/** Runs the benchmark's Python programs, and installs the loaders that Centflow is compared with. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localFolder, readToolPaths, repository } from '@centflow/local-processes/paths';
import { type AwsAccess, awsEnvironment } from '@centflow/local-stack/emulator';

const run = promisify(execFile);

/**
 * dlt and similar packages are installed into a separate environment, so that the product's environment stays small.
 */
const PEERS_ENVIRONMENT = join(localFolder, 'bench', 'venv');

export type Interpreter = 'product' | 'peers';

export interface Program {
  /** The name of a file in tools/bench/python, without the extension. */
  readonly name: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly interpreter: Interpreter;
  readonly aws: AwsAccess;
  readonly databaseUrl?: string;
}

/** Runs a program and returns the figures in the last line it prints. */
export async function runProgram(program: Program): Promise<unknown> {
  const tools = readToolPaths();
  const python = program.interpreter === 'product' ? tools.python : join(PEERS_ENVIRONMENT, 'bin', 'python');
  const args = Object.entries(program.args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await run(python, [join(import.meta.dirname, 'python', `${program.name}.py`), ...args], {
    cwd: join(localFolder, 'bench'),
    maxBuffer: 64 << 20,
    env: {
      ...process.env,
      ...awsEnvironment(program.aws),
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      JAVA_HOME: tools.javaHome,
      PYSPARK_PYTHON: tools.python,
      SPARK_LOCAL_IP: '127.0.0.1',
      ...(program.databaseUrl === undefined ? {} : { BENCH_DATABASE_URL: program.databaseUrl }),
    },
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

/** Installs the loaders that Centflow is compared with, in the versions of glue/uv.lock. */
export async function installPeers(): Promise<void> {
  const tools = readToolPaths();
  await run(
    tools.uv,
    ['sync', '--frozen', '--project', join(repository, 'glue'), '--only-group', 'bench', '--python', tools.python],
    {
      env: {
        ...process.env,
        UV_PROJECT_ENVIRONMENT: PEERS_ENVIRONMENT,
        UV_CACHE_DIR: join(localFolder, 'cache', 'uv'),
        UV_PYTHON_DOWNLOADS: 'never',
        VIRTUAL_ENV: undefined,
      },
    },
  );
}
