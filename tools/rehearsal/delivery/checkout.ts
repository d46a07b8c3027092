/**
 * A checkout of the origin, as a runner of GitHub or a developer has one: its own sources, its own builds, its own
 * Terraform folders. Only the tools are ours, because to fetch them again would show nothing.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { localFolder, repository, type ToolPaths } from '@centflow/local-processes/paths';
import { git } from './git.ts';

/** What `main` would be after each pull request. */
const PULL_REQUESTS = '+refs/pull/*:refs/remotes/pull/*';

export interface Outcome {
  readonly exitCode: number | null;
  /** What it printed. */
  readonly output: string;
  /** What it said on standard error. */
  readonly diagnostics: string;
}

export interface CheckoutOptions {
  readonly tools: ToolPaths;
  /** The bare repository. */
  readonly origin: string;
  readonly folder: string;
  /** Takes what its commands say. */
  readonly logFile: string;
  /** Aborted: what still runs is ended. */
  readonly signal?: AbortSignal;
}

export class Checkout {
  readonly folder: string;
  readonly #options: CheckoutOptions;

  private constructor(options: CheckoutOptions) {
    this.folder = options.folder;
    this.#options = options;
  }

  /** Clones the origin, unless the folder is a clone already. */
  static async make(options: CheckoutOptions): Promise<Checkout> {
    const { folder, origin, tools } = options;
    if (!existsSync(folder)) {
      mkdirSync(dirname(folder), { recursive: true });
      await git(dirname(folder), 'clone', '--quiet', origin, folder);
      await furnish(folder, tools);
    }
    return new Checkout(options);
  }

  git(...args: string[]): Promise<string> {
    return git(this.folder, ...args);
  }

  /** As `actions/checkout` does: exactly this commit; what builds left and Git ignores stays. */
  async at(commit: string): Promise<void> {
    await this.git('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*', PULL_REQUESTS);
    await this.git('checkout', '--quiet', '--force', '--detach', commit);
    await this.git('clean', '--quiet', '--force', '-d');
  }

  /** Runs a line of shell as a workflow's `run:`, to its end. */
  async run(line: string, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const { tools, logFile, signal } = this.#options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = createWriteStream(logFile, { flags: 'a' });
    log.write(`$ ${line}\n`);
    // As GitHub runs it where the step names `bash`.
    const bash = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', line];
    // The kernel ends it when this process is gone, however it went.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...bash], {
      cwd: this.folder,
      env: {
        ...withoutTheirs(process.env),
        PATH: toolPath(tools),
        NODE_COMPILE_CACHE: join(localFolder, 'cache', 'node'),
        TURBO_CACHE_DIR: join(repository, '.turbo', 'cache'),
        NO_COLOR: '1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, to be ended as one.
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

/** Of a real account or a real workflow run nothing may be known there. */
function withoutTheirs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(AWS|GITHUB|ACTIONS|RUNNER)_/.test(name)),
  );
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has just ended by itself.
  }
}

/** Gives a clone the tools that the bootstrap would fetch, by links to ours, and installs its packages. */
async function furnish(folder: string, tools: ToolPaths): Promise<void> {
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
