/** Simulates GitHub Actions for the steps of the workflows: their variables, their token, their outputs. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitHubStandIn } from '@centflow/delivery/github-stand-in';
import type { Checkout, Outcome } from './checkout.ts';
import { type Expressions, evaluate, readStep } from './workflow-step.ts';

/** A run of a workflow. */
export interface WorkflowRun {
  readonly id: string;
  /** The commit that is checked out. For a pull request, GitHub checks out a preview of the merge into `main`. */
  readonly sha: string;
}

export interface StepOutcome extends Outcome {
  readonly outputs: Readonly<Record<string, string>>;
  /** The step's summary, which GitHub shows on the page of the workflow run. */
  readonly summary: string;
}

interface JobEnvironment {
  readonly run: WorkflowRun;
  /** The checkout in which the job runs, at the commit of the run. */
  readonly runner: Checkout;
  /** The variables that `configure-aws-credentials` would set. */
  readonly aws?: NodeJS.ProcessEnv;
}

export interface CommandOptions extends JobEnvironment {
  readonly variables?: NodeJS.ProcessEnv;
}

export interface StepOptions extends JobEnvironment {
  readonly expressions?: Expressions;
  /** Options that the rehearsal appends to the command. */
  readonly extraOptions?: string;
}

export class Actions {
  readonly #gitHub: GitHubStandIn;
  readonly #folder: string;
  #runs = 0;

  /** @param folder the folder for the files with the outputs of steps */
  constructor(gitHub: GitHubStandIn, folder: string) {
    this.#gitHub = gitHub;
    this.#folder = folder;
  }

  startRun(sha: string): WorkflowRun {
    this.#runs += 1;
    const id = String(9000 + this.#runs);
    this.#gitHub.state.startRun(id);
    return { id, sha };
  }

  /**
   * Runs a step of a workflow.
   *
   * @param path `<workflow>/<job>/<step's id>`
   */
  async step(path: string, { expressions = {}, extraOptions = '', ...options }: StepOptions): Promise<StepOutcome> {
    const { run: line, variables, permissions } = readStep(path);
    const values = { 'github.token': this.#gitHub.tokenFor(permissions), ...expressions };
    const evaluated = Object.entries(variables).map(([name, text]) => [name, evaluate(text, values)]);
    return this.command(`${line}${extraOptions}`, { ...options, variables: Object.fromEntries(evaluated) });
  }

  /** Runs a command as if a person had typed it, with the same environment variables. */
  async command(line: string, { run, runner, aws = {}, variables = {} }: CommandOptions): Promise<StepOutcome> {
    const files = mkdtempSync(join(this.#folder, 'step-'));
    const [output, summary] = [join(files, 'output'), join(files, 'summary')];
    const outcome = await runner.run(skipSetUp(line), {
      ...aws,
      ...variables,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTOR: 'ann',
      GITHUB_API_URL: this.#gitHub.apiUrl,
      GITHUB_REPOSITORY: this.#gitHub.repository,
      GITHUB_RUN_ID: run.id,
      GITHUB_SHA: run.sha,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
    });
    return { ...outcome, outputs: outputsIn(contentOf(output)), summary: contentOf(summary) };
  }
}

/** Replaces `npm run` with the program that the script starts, because the set-up has already run. */
function skipSetUp(line: string): string {
  return line.replace(
    /^npm run (deliver|infra) --/,
    'node --disable-warning=ExperimentalWarning apps/delivery/src/main.ts $1',
  );
}

function contentOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function outputsIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
