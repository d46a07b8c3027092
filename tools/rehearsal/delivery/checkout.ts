/**
 * A checkout of the origin, like that of a GitHub runner or a developer. Each checkout has separate sources, builds and
 * Terraform folders. Only the installed tools of this repository are shared, because a second download would prove
 * nothing.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { localFolder, repository, type ToolPaths } from '@centflow/local-processes/paths';
import { git } from './git.ts';

/** The Git references of the merge previews of all pull requests. */
const PULL_REQUESTS = '+refs/pull/*:refs/remotes/pull/*';

export interface Outcome {
  readonly exitCode: number | null;
  /** The text on standard output. */
  readonly output: string;
  /** The text on standard error. */
  readonly diagnostics: string;
}

export interface CheckoutOptions {
  readonly tools: ToolPaths;
  /** The folder of the bare repository. */
  readonly origin: string;
  readonly folder: string;
  /** The log file for the output of the checkout's commands. */
  readonly logFile: string;
  /** A signal that stops running commands when it is aborted. */
  readonly signal?: AbortSignal;
}

export class Checkout {
  readonly folder: string;
  readonly #options: CheckoutOptions;

  private constructor(options: CheckoutOptions) {
    this.folder = options.folder;
    this.#options = options;
  }

  /** Clones the origin, unless the folder exists. */
  static async make(options: CheckoutOptions): Promise<Checkout> {
    const { folder, origin, tools } = options;
    if (!existsSync(folder)) {
      mkdirSync(dirname(folder), { recursive: true });
      await git(dirname(folder), 'clone', '--quiet', origin, folder);
      await installTools(folder, tools);
    }
    return new Checkout(options);
  }

  git(...args: string[]): Promise<string> {
    return git(this.folder, ...args);
  }

  /** Checks out exactly this commit, like `actions/checkout`. Ignored files of earlier builds remain. */
  async checkOut(commit: string): Promise<void> {
    await this.git('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*', PULL_REQUESTS);
    await this.git('checkout', '--quiet', '--force', '--detach', commit);
    await this.git('clean', '--quiet', '--force', '-d');
  }

  /** Runs a shell command like `run:` in a workflow, and waits until the command ends. */
  async run(line: string, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const { tools, logFile, signal } = this.#options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = createWriteStream(logFile, { flags: 'a' });
    log.write(`$ ${line}\n`);
    // GitHub uses these options for a step with `shell: bash`.
    const bash = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', line];
    // The kernel terminates the command when this process ends, even after a SIGKILL.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...bash], {
      cwd: this.folder,
      env: {
        ...withoutCiVariables(process.env),
        PATH: toolPath(tools),
        NODE_COMPILE_CACHE: join(localFolder, 'cache', 'node'),
        TURBO_CACHE_DIR: join(repository, '.turbo', 'cache'),
        NO_COLOR: '1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The command runs in a separate process group, so that all its processes can be stopped together.
      detached: true,
    });
    const stop = () => endGroup(child);
    signal?.addEventListener('abort', stop, { once: true });
    let output = '';
    let diagnostics = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      log.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      diagnostics += text;
      log.write(text);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }).finally(() => signal?.removeEventListener('abort', stop));
    log.end(`$ ended with ${exitCode}\n`);
    return { exitCode, output, diagnostics };
  }
}

/** Removes the variables of a real AWS account or a real workflow run. */
function withoutCiVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(AWS|GITHUB|ACTIONS|RUNNER)_/.test(name)),
  );
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // The process has already ended.
  }
}

/** Links the installed tools of this repository into a clone, and installs the clone's packages. */
async function installTools(folder: string, tools: ToolPaths): Promise<void> {
  mkdirSync(join(folder, '.local'));
  for (const name of ['toolchain', 'venv', 'mysql', 'cache']) {
    symlinkSync(join(localFolder, name), join(folder, '.local', name));
  }
  await promisify(execFile)(tools.pnpm, ['install', '--frozen-lockfile', '--prefer-offline'], {
    cwd: folder,
    env: { ...process.env, PATH: toolPath(tools), CI: 'true' },
  });
}

function toolPath({ node, pnpm, uv }: ToolPaths): string {
  return [dirname(node), dirname(pnpm), dirname(uv), process.env.PATH].join(':');
}
