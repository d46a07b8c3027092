/** Runs the workflows for a pull request and for a push to `main`: their jobs in order, with the steps of the YAML files. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentName, environmentNames } from '@centflow/infra';
import { type Accounts, environmentOf } from './accounts.ts';
import type { Actions, StepOutcome, WorkflowRun } from './actions.ts';
import type { Checkout } from './checkout.ts';
import type { PullRequest } from './developer-clone.ts';
import { assertSucceeded } from './expectations.ts';

export interface DeliveryOptions {
  readonly actions: Actions;
  readonly accounts: Accounts;
  /** The checkout for jobs without an environment. */
  readonly builder: Checkout;
  /** The checkout for the jobs of each environment. */
  readonly runners: Readonly<Record<EnvironmentName, Checkout>>;
  /**
   * The file for CENTFLOW_IGNORE_CHANGES. It lists the attributes that the emulator does not return as they were
   * written.
   */
  readonly ignoredChanges: string;
}

/** A run of deploy.yml that has built its release. */
export interface Push extends WorkflowRun {
  readonly digest: string;
  readonly version: string;
}

type PerEnvironment<Value> = Readonly<Record<EnvironmentName, Value>>;

export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  get actions(): Actions {
    return this.#options.actions;
  }

  runner(environment: EnvironmentName): Checkout {
    return this.#options.runners[environment];
  }

  /** Returns the variables for AWS in an environment, and the variables that the emulator needs. */
  aws(environment: EnvironmentName): NodeJS.ProcessEnv {
    const { accounts, ignoredChanges } = this.#options;
    return { ...environmentOf(accounts[environment]), CENTFLOW_IGNORE_CHANGES: ignoredChanges };
  }

  /** Runs plan.yml. If the policy refuses the plan of one environment, the other environments are still planned. */
  async plan(
    { number, head, preview }: PullRequest,
    environments: readonly EnvironmentName[] = environmentNames,
  ): Promise<PerEnvironment<StepOutcome>> {
    const { actions, builder, runners } = this.#options;
    const run = actions.startRun(preview);
    await builder.checkOut(preview);
    for (const { folder } of Object.values(runners)) rmSync(join(folder, 'reports'), { recursive: true, force: true });
    assertSucceeded(await this.#buildRelease('plan/release/release', run));
    const planned = environments.map(async (environment) => {
      const runner = await this.#fetchRelease(environment, run);
      const outcome = await actions.step('plan/plan/plan', {
        run,
        runner,
        aws: this.aws(environment),
        expressions: {
          'matrix.environment': environment,
          'github.event.pull_request.number': String(number),
          'github.event.pull_request.head.sha': head,
        },
      });
      return [environment, outcome] as const;
    });
    return Object.fromEntries(await Promise.all(planned)) as PerEnvironment<StepOutcome>;
  }

  /** Runs the last job of plan.yml. */
  async comment({ number, preview }: PullRequest): Promise<void> {
    const { actions, builder, runners } = this.#options;
    const reports = join(builder.folder, 'reports');
    rmSync(reports, { recursive: true, force: true });
    for (const runner of Object.values(runners)) {
      const source = join(runner.folder, 'reports');
      if (existsSync(source)) cpSync(source, reports, { recursive: true });
    }
    const expressions = { 'github.event.pull_request.number': String(number) };
    const run = actions.startRun(preview);
    assertSucceeded(await actions.step('plan/comment/comment', { run, runner: builder, expressions }));
  }

  /** Runs the first job of deploy.yml. */
  async push(commit: string): Promise<Push> {
    const { actions, builder } = this.#options;
    const run = actions.startRun(commit);
    await builder.checkOut(commit);
    const { outputs, output } = assertSucceeded(await this.#buildRelease('deploy/release/release', run));
    const version = /release (v\d+) of commit/.exec(output)?.[1];
    if (outputs.digest === undefined || version === undefined)
      throw new Error(`\`release\` printed no digest: ${output}`);
    return { ...run, digest: outputs.digest, version };
  }

  /** Copies the release and the evidence of the previous environment to an environment's runner. */
  async prepare(push: Push, environment: EnvironmentName): Promise<void> {
    const runner = await this.#fetchRelease(environment, push);
    const evidence = join(runner.folder, 'evidence');
    mkdirSync(evidence, { recursive: true });
    const before = environmentNames[environmentNames.indexOf(environment) - 1];
    if (before === undefined) return;
    const file = join(this.runner(before).folder, 'evidence', `${before}.json`);
    if (existsSync(file)) cpSync(file, join(evidence, `${before}.json`));
  }

  /** Runs the step `deploy` of deploy-environment.yml. */
  deploy(push: Push, environment: EnvironmentName): Promise<StepOutcome> {
    return this.#step(push, environment, 'deploy');
  }

  canary(push: Push, environment: EnvironmentName, deadlineSeconds?: number): Promise<StepOutcome> {
    const extraOptions = deadlineSeconds === undefined ? '' : ` --deadline-seconds ${deadlineSeconds}`;
    return this.#step(push, environment, 'canary', extraOptions);
  }

  /** Runs the steps that follow a failed canary. */
  async rollBack(push: Push, environment: EnvironmentName): Promise<{ rollback: StepOutcome; canary: StepOutcome }> {
    const rollback = assertSucceeded(await this.#step(push, environment, 'rollback'));
    return { rollback, canary: await this.#step(push, environment, 'canary-after-rollback') };
  }

  /**
   * Assesses whether a release may go to production automatically. Changes nothing, and runs in the checkout that built
   * the release.
   */
  assess(push: Push): Promise<StepOutcome> {
    const { actions, builder } = this.#options;
    const evidence = join('evidence', 'staging.json');
    cpSync(join(this.runner('staging').folder, evidence), join(builder.folder, evidence));
    return actions.step('deploy/assess/assess', {
      run: push,
      runner: builder,
      aws: this.aws('production'),
      expressions: { 'needs.release.outputs.digest': push.digest },
    });
  }

  async publish(push: Push): Promise<StepOutcome> {
    const { actions, builder } = this.#options;
    return actions.step('deploy/publish/publish', { run: push, runner: builder });
  }

  drift(environment: EnvironmentName, commit: string): Promise<StepOutcome> {
    const { actions } = this.#options;
    const expressions = { 'matrix.environment': environment };
    const run = actions.startRun(commit);
    const runner = this.runner(environment);
    return actions.step('drift/drift/drift', { run, runner, aws: this.aws(environment), expressions });
  }

  #step(run: Push, environment: EnvironmentName, step: string, extraOptions = ''): Promise<StepOutcome> {
    const before = environmentNames[environmentNames.indexOf(environment) - 1];
    return this.#options.actions.step(`deploy-environment/deploy/${step}`, {
      run,
      runner: this.runner(environment),
      aws: this.aws(environment),
      extraOptions,
      expressions: {
        'inputs.environment': environment,
        'inputs.after': before ?? 'none',
        'inputs.digest': run.digest,
      },
    });
  }

  #buildRelease(step: string, run: WorkflowRun): Promise<StepOutcome> {
    const { actions, builder } = this.#options;
    rmSync(join(builder.folder, 'release'), { recursive: true, force: true });
    return actions.step(step, { run, runner: builder });
  }

  /** Checks out the commit on a runner and copies the release, like `actions/checkout` and `actions/download-artifact`. */
  async #fetchRelease(environment: EnvironmentName, { sha }: WorkflowRun): Promise<Checkout> {
    const runner = this.runner(environment);
    await runner.checkOut(sha);
    // Removes the files of the previous run, which a GitHub runner would not have.
    for (const name of ['release', 'evidence', 'reports']) {
      rmSync(join(runner.folder, name), { recursive: true, force: true });
    }
    cpSync(join(this.#options.builder.folder, 'release'), join(runner.folder, 'release'), { recursive: true });
    return runner;
  }
}

/** Returns an environment's plan report for reviewers. */
export function reportOf(runner: Checkout, environment: EnvironmentName): string {
  return readFileSync(join(runner.folder, 'reports', `${environment}.md`), 'utf8');
}
