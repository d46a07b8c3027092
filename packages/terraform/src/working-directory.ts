/** A stack where Terraform works on it: its JSON, its variables, its plugins, and the log of each command. */
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

/** Which build of the provider is right, for every stack. */
const lockFile = join(import.meta.dirname, '..', '.terraform.lock.hcl');
const LOCK_FILE = '.terraform.lock.hcl';
const PLAN_FILE = 'plan';
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** util-linux's: the kernel then tells Terraform to end when this process is gone, however it went. */
const SETPRIV = '/usr/bin/setpriv';

/** A stack's JSON, as far as it is read here. */
export interface Synthesised {
  readonly variable?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly provider: { readonly aws: readonly { readonly alias?: string }[] };
  readonly terraform: { readonly backend: { readonly s3: Readonly<Record<string, unknown>> } };
}

/** What is merged over a stack, by name: as it is, or as the stack needs it. */
export type Overrides = Readonly<Record<string, object | ((stack: Synthesised) => object)>>;

export interface WorkingDirectoryOptions {
  readonly terraform: Terraform;
  /** The stack's name, `dev-store`. */
  readonly stack: string;
  /** The folder of its JSON. */
  readonly synthesised: string;
  /** Where Terraform is to work; what an earlier command left there about plugins and a local state is kept. */
  readonly folder: string;
  /** What Terraform says goes to `<stack>.log` in there; `folder` where left out. */
  readonly logFolder?: string;
  /** Terraform merges these over the stack: `<name>_override.tf.json`. */
  readonly overrides?: Overrides;
  /** Added to the environment of every command: credentials, or where AWS is. */
  readonly environment?: NodeJS.ProcessEnv;
  /** true: what Terraform says is shown as it says it. */
  readonly show?: boolean;
}

export interface PlanOptions {
  /** false: compare with nothing that exists; for plans without an account. */
  readonly refresh?: boolean;
  /** false: read a state that somebody else may be changing. */
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

  /** Where a plan goes and is applied from. */
  get planFile(): string {
    return join(this.folder, PLAN_FILE);
  }

  /** Merges something over the stack from now on; undefined: no longer. */
  override(name: string, content: object | undefined): void {
    const file = join(this.folder, `${name}_override.tf.json`);
    if (content === undefined) rmSync(file, { force: true });
    else writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  }

  /**
   * Gives the stack the variables it declares, out of all that earlier stacks gave.
   *
   * @throws {HandOverError} one that it needs is not among them.
   */
  take(values: Readonly<Record<string, string>>): void {
    const declared = Object.entries(this.synthesised.variable ?? {});
    const missing = declared.filter(([name, variable]) => variable.default === undefined && values[name] === undefined);
    if (missing.length > 0) {
      const names = missing.map(([name]) => name).join(', ');
      throw new HandOverError(`${this.stack} needs ${names}, which no stack before it has given: apply those first.`);
    }
    const taken = declared.flatMap(([name]) => (values[name] === undefined ? [] : [[name, values[name]]]));
    const text = `${JSON.stringify(Object.fromEntries(taken), undefined, 2)}\n`;
    writeFileSync(join(this.folder, 'terraform.tfvars.json'), text, { mode: 0o600 });
  }

  /** Finds the provider and the state. With `migrate`, a local state moves to where the stack now says it is. */
  async init({ migrate = false }: { migrate?: boolean } = {}): Promise<void> {
    const state = migrate ? ['-migrate-state', '-force-copy'] : ['-reconfigure'];
    await this.#run(['init', '-lockfile=readonly', ...state]);
  }

  async validate(): Promise<void> {
    await this.#run(['validate']);
  }

  /** Writes a plan to `planFile`, and says whether it would change anything. */
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

  /** What a plan of this stack says: the one in `planFile`, or one that was made elsewhere. */
  async readPlan(planFile = PLAN_FILE): Promise<Plan> {
    const { output } = await this.#run(['show', '-json', planFile], [0], false);
    return JSON.parse(output) as Plan;
  }

  /** Does exactly what the plan says; Terraform refuses one that the state has moved on from. */
  async apply(planFile = PLAN_FILE): Promise<void> {
    await this.#run(['apply', planFile]);
  }

  /** What the stack tells others; empty before it was applied. */
  async outputs(): Promise<Record<string, string>> {
    const { output } = await this.#run(['output', '-json'], [0], false);
    const found = JSON.parse(output) as Record<string, { value: string }>;
    return Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]));
  }

  /** Addresses of everything in the state. */
  async resources(): Promise<string[]> {
    const { output } = await this.#run(['state', 'list'], [0], false);
    return output.split('\n').filter((line) => line !== '');
  }

  /** Whether an apply left a local state that holds something. */
  hasLocalState(): boolean {
    if (!existsSync(this.#localState)) return false;
    const { resources } = JSON.parse(readFileSync(this.#localState, 'utf8') || '{}') as { resources?: unknown[] };
    return (resources ?? []).length > 0;
  }

  /** After its migration. */
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
    // Terraform ends what it is doing, writes the state and gives the lock back: we wait for that.
    const pass = (signal: NodeJS.Signals) => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    for (const signal of PASSED_ON) process.on(signal, pass);
    let output = '';
    let diagnostics = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      // A plan's JSON is large, and says nothing that the plan did not.
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
      // A process group of its own: Ctrl-C reaches us alone and is passed on once. Of two, Terraform drops everything.
      detached: true,
    });
  }
}
