/** The working directory of a stack: its JSON, variables, plugins, and the log of each command. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errorOf, HandOverError } from './errors.ts';
import type { Plan } from './plan.ts';
import type { Terraform } from './terraform.ts';

/** The lock file with the hashes of the provider, for every stack. */
const lockFile = join(import.meta.dirname, '..', '.terraform.lock.hcl');
const LOCK_FILE = '.terraform.lock.hcl';
const PLAN_FILE = 'plan';
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A tool of util-linux. With it, the kernel terminates Terraform when this process ends for any reason. */
const SETPRIV = '/usr/bin/setpriv';

/** The properties of a stack's JSON that this package reads. */
export interface Synthesised {
  readonly variable?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly provider: { readonly aws: readonly { readonly alias?: string }[] };
  readonly terraform: { readonly backend: { readonly s3: Readonly<Record<string, unknown>> } };
}

/** Overrides of a stack by name: an object, or a function that returns one for the stack. */
export type Overrides = Readonly<Record<string, object | ((stack: Synthesised) => object)>>;

export interface WorkingDirectoryOptions {
  readonly terraform: Terraform;
  /** The name of the stack, such as `dev-store`. */
  readonly stack: string;
  /** The folder of the stack's JSON. */
  readonly synthesised: string;
  /** The folder in which Terraform works. It keeps the plugins and a local state between commands. */
  readonly folder: string;
  /** The folder for `<stack>.log` with Terraform's output. Default: `folder`. */
  readonly logFolder?: string;
  /** Overrides that Terraform merges into the stack, from the files `<name>_override.tf.json`. */
  readonly overrides?: Overrides;
  /** Additional environment variables of every command, such as credentials or an endpoint. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether to print Terraform's output as it arrives. */
  readonly show?: boolean;
}

export interface PlanOptions {
  /** Whether to read existing resources. Set to false for plans without an account. */
  readonly refresh?: boolean;
  /** Whether to lock the state. If false, another process may change the state during the plan. */
  readonly lock?: boolean;
  readonly destroy?: boolean;
}

interface Ended {
  readonly exitCode: number | null;
  readonly output: string;
}

export class WorkingDirectory {
  readonly stack: string;
  readonly folder: string;
  readonly synthesised: Synthesised;
  readonly logFile: string;
  readonly #options: WorkingDirectoryOptions;

  /** Copies the stack into its folder. */
  constructor(options: WorkingDirectoryOptions) {
    this.#options = options;
    this.stack = options.stack;
    this.folder = options.folder;
    this.logFile = join(options.logFolder ?? options.folder, `${options.stack}.log`);
    for (const folder of [this.folder, dirname(this.logFile)]) mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith('.tf.json') || name === 'assets') rmSync(join(this.folder, name), { recursive: true });
    }
    cpSync(options.synthesised, this.folder, { recursive: true });
    copyFileSync(lockFile, join(this.folder, LOCK_FILE));
    this.synthesised = JSON.parse(readFileSync(join(this.folder, 'cdk.tf.json'), 'utf8')) as Synthesised;
    for (const [name, content] of Object.entries(options.overrides ?? {})) {
      this.override(name, typeof content === 'function' ? content(this.synthesised) : content);
    }
  }

  /** The file with the plan that `plan` writes and `apply` applies. */
  get planFile(): string {
    return join(this.folder, PLAN_FILE);
  }

  /** Writes an override file for the stack. If `content` is undefined, removes the file. */
  override(name: string, content: object | undefined): void {
    const file = join(this.folder, `${name}_override.tf.json`);
    if (content === undefined) rmSync(file, { force: true });
    else writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  }

  /**
   * Sets the variables that the stack declares, from the outputs of earlier stacks.
   *
   * @throws {HandOverError} a required variable has no value.
   */
  take(values: Readonly<Record<string, string>>): void {
    const declared = Object.entries(this.synthesised.variable ?? {});
    const missing = declared.filter(([name, variable]) => variable.default === undefined && values[name] === undefined);
    if (missing.length > 0) {
      const names = missing.map(([name]) => name).join(', ');
      throw new HandOverError(
        `${this.stack} needs ${names}, which no applied stack provides. Apply the earlier stacks first.`,
      );
    }
    const taken = declared.flatMap(([name]) => (values[name] === undefined ? [] : [[name, values[name]]]));
    const text = `${JSON.stringify(Object.fromEntries(taken), undefined, 2)}\n`;
    writeFileSync(join(this.folder, 'terraform.tfvars.json'), text, { mode: 0o600 });
  }

  /** Initialises the provider and the state. With `migrate`, the state moves to the currently configured backend. */
  async init({ migrate = false }: { migrate?: boolean } = {}): Promise<void> {
    const state = migrate ? ['-migrate-state', '-force-copy'] : ['-reconfigure'];
    await this.#run(['init', '-lockfile=readonly', ...state]);
  }

  async validate(): Promise<void> {
    await this.#run(['validate']);
  }

  /** Writes a plan to `planFile`, and returns whether the plan contains changes. */
  async plan({ refresh = true, lock = true, destroy = false }: PlanOptions = {}): Promise<boolean> {
    const { exitCode } = await this.#run(
      [
        'plan',
        '-detailed-exitcode',
        `-out=${PLAN_FILE}`,
        `-refresh=${refresh}`,
        `-lock=${lock}`,
        ...(destroy ? ['-destroy'] : []),
      ],
      [0, 2],
    );
    return exitCode === 2;
  }

  /** Reads a plan of this stack, by default the one in `planFile`. */
  async readPlan(planFile = PLAN_FILE): Promise<Plan> {
    const { output } = await this.#run(['show', '-json', planFile], [0], false);
    return JSON.parse(output) as Plan;
  }

  /** Applies exactly this plan. Terraform refuses it if the state has changed since. */
  async apply(planFile = PLAN_FILE): Promise<void> {
    await this.#run(['apply', planFile]);
  }

  /** Returns the stack's outputs; empty before the first apply. */
  async outputs(): Promise<Record<string, string>> {
    const { output } = await this.#run(['output', '-json'], [0], false);
    const found = JSON.parse(output) as Record<string, { value: string }>;
    return Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]));
  }

  /** Returns the addresses of all resources in the state. */
  async resources(): Promise<string[]> {
    const { output } = await this.#run(['state', 'list'], [0], false);
    return output.split('\n').filter((line) => line !== '');
  }

  /** Returns whether a local state with resources exists. */
  hasLocalState(): boolean {
    if (!existsSync(this.#localState)) return false;
    const { resources } = JSON.parse(readFileSync(this.#localState, 'utf8') || '{}') as { resources?: unknown[] };
    return (resources ?? []).length > 0;
  }

  /** Removes the local state after its migration. */
  removeLocalState(): void {
    for (const file of [this.#localState, `${this.#localState}.backup`]) rmSync(file, { force: true });
  }

  get #localState(): string {
    return join(this.folder, 'terraform.tfstate');
  }

  async #run(args: readonly string[], accepted = [0], show = this.#options.show): Promise<Ended> {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    log.write(`$ terraform ${args.join(' ')}\n`);
    const child = this.#start(args);
    // After a signal, waits until Terraform has finished its work, written the state and released the lock.
    const pass = (signal: NodeJS.Signals) => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    for (const signal of PASSED_ON) process.on(signal, pass);
    let output = '';
    let diagnostics = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      // Does not log a plan's JSON, which is large and repeats the plan.
      if (args[0] !== 'show') log.write(text);
      if (show) process.stdout.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      diagnostics += text;
      log.write(text);
    });
    try {
      const exitCode = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      if (exitCode !== null && accepted.includes(exitCode)) return { exitCode, output };
      const { stack, logFile } = this;
      throw errorOf({ command: `terraform ${args[0]}`, stack, exitCode, diagnostics, logFile });
    } finally {
      for (const signal of PASSED_ON) process.off(signal, pass);
      log.end();
    }
  }

  #start(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
    const { terraform, environment } = this.#options;
    const guarded = existsSync(SETPRIV);
    return spawn(guarded ? SETPRIV : 'terraform', [...(guarded ? ['--pdeathsig', 'TERM', 'terraform'] : []), ...args], {
      cwd: this.folder,
      env: { ...terraform.environment, TF_CLI_ARGS: '-no-color', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Terraform runs in a separate process group, so that only this process receives Ctrl-C and passes it on once. A
      // second Ctrl-C would abort Terraform.
      detached: true,
    });
  }
}
