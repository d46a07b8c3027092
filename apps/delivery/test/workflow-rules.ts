// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub expressions use the same syntax
/** Rules for GitHub's workflows. Each rule reports the places that break it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNames } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import type { Command } from 'commander';
import { deliver } from '../src/cli.ts';
import { type Action, type Job, parseAction, parseWorkflow, type Step, type Workflow } from '../src/workflows.ts';

/** The contents of files, by path in the repository. */
export type Sources = Readonly<Record<string, string>>;

interface Parsed {
  readonly file: string;
  readonly text: string;
}
interface ParsedWorkflow extends Parsed {
  readonly workflow: Workflow;
}
interface ParsedAction extends Parsed {
  readonly action: Action;
}

/** Yields a message for each place that breaks the rule. */
type Rule = (workflows: readonly ParsedWorkflow[], actions: readonly ParsedAction[]) => Iterable<string>;

export function problemsOf(sources: Sources): string[] {
  const workflows: ParsedWorkflow[] = [];
  const actions: ParsedAction[] = [];
  for (const [file, text] of Object.entries(sources)) {
    if (file.includes('/workflows/')) workflows.push({ file, text, workflow: parseWorkflow(text) });
    else actions.push({ file, text, action: parseAction(text) });
  }
  return Object.entries(rules).flatMap(([name, rule]) =>
    [...rule(workflows, actions)].map((problem) => `${problem} (${name})`),
  );
}

const rules: Readonly<Record<string, Rule>> = {
  *'each step runs a command of the repository'(workflows, actions) {
    for (const { at, step, variables } of steps(workflows, actions)) {
      if (step.run === undefined) continue;
      if (step.id === undefined) yield `${at}: it runs something and has no id`;
      if (step.run.includes('${{')) yield `${at}: \${{ }} in run; give the value as env`;
      for (const problem of problemsOfCommand(step.run, variables)) yield `${at}: ${problem}`;
    }
  },

  *'each action is pinned to one commit'(workflows, actions) {
    const pins = new Map<string, string>();
    for (const { file, text } of [...workflows, ...actions]) {
      for (const [, uses = '', comment] of text.matchAll(/^\s*(?:- )?uses: (\S+)(?: +# (.*))?$/gm)) {
        if (uses.startsWith('$/')) {
          const path = join(repository, uses.slice(2));
          if (!existsSync(path)) yield `${file}: ${uses} does not exist`;
          continue;
        }
        const [, name = ''] = /^([\w.-]+\/[\w.-]+)@[0-9a-f]{40}$/.exec(uses) ?? [];
        if (name === '') yield `${file}: ${uses} is not pinned by a commit`;
        if (!/^v\d+\.\d+\.\d+$/.test(comment ?? '')) yield `${file}: ${uses} does not say which version it is`;
        const pin = `${uses} ${comment}`;
        if ((pins.get(name) ?? pin) !== pin) yield `${file}: ${name} is pinned elsewhere as ${pins.get(name)}`;
        pins.set(name, pin);
      }
    }
  },

  *'each job declares its permissions and uses no secret'(workflows) {
    for (const { file, text, workflow } of workflows) {
      if (Object.keys(workflow.permissions ?? { all: '' }).length > 0)
        yield `${file}: permissions at the top are not {}`;
      if (/\bsecrets\b/.test(text.replaceAll(/^\s*#.*$/gm, ''))) yield `${file}: it uses a secret`;
    }
    for (const { at, job } of jobs(workflows)) {
      if (job.permissions === undefined) yield `${at}: it does not say its permissions`;
    }
  },

  *'a checkout leaves no credentials behind'(workflows, actions) {
    for (const { at, step } of steps(workflows, actions)) {
      if (step.uses?.startsWith('actions/checkout@') && step.with['persist-credentials'] !== false) {
        yield `${at}: checkout without persist-credentials: false`;
      }
    }
  },

  *'only steps that call GitHub have the token'(workflows) {
    for (const { at, step } of steps(workflows, [])) {
      const [, command = ''] = /^npm run deliver -- (\S+)/.exec(step.run ?? '') ?? [];
      const given = step.env.GITHUB_TOKEN;
      // `rollback` reads the approval from GitHub, except with `--canary-failed`.
      const asks = ASKS_GITHUB.includes(command) && !step.run?.includes(' --canary-failed');
      if (given !== undefined && given !== '${{ github.token }}') yield `${at}: another token than the job's`;
      if (asks !== (given !== undefined)) {
        yield `${at}: ${given === undefined ? 'no GITHUB_TOKEN, and it asks GitHub' : 'GITHUB_TOKEN, and it asks nothing'}`;
      }
    }
  },

  *'--canary-failed is used only after a failed canary'(workflows) {
    for (const { at, step } of steps(workflows, [])) {
      if (!step.run?.includes(' --canary-failed')) continue;
      if (!step.if?.includes("steps.canary.outcome == 'failure'"))
        yield `${at}: --canary-failed whatever the canary says`;
    }
  },

  *'every job has a timeout'(workflows) {
    for (const { at, job } of jobs(workflows)) {
      if (job.uses === undefined && job['timeout-minutes'] === undefined) yield `${at}: it has no timeout-minutes`;
    }
  },

  *'runs of the same workflow wait for each other'(workflows) {
    for (const { file, workflow } of workflows) {
      if (workflow.on.workflow_call !== undefined) continue;
      if (workflow.concurrency === undefined) yield `${file}: it has no concurrency`;
    }
    for (const { at, job } of jobs(workflows)) {
      if (!changesEnvironment(job)) continue;
      const { group, queue } = job.concurrency ?? {};
      if (group !== `environment-${job.environment}`) yield `${at}: its concurrency is not of its environment`;
      if (job.concurrency?.['cancel-in-progress'] !== false) yield `${at}: it may be cancelled half-way`;
      if (queue !== 'max') yield `${at}: a third that waits would replace the second`;
    }
    const deploy = workflows.find(({ file }) => file.endsWith('/deploy.yml'))?.workflow.concurrency;
    if (deploy?.group !== 'deploy' || deploy['cancel-in-progress'] !== false || deploy.queue !== 'max') {
      yield 'deploy.yml: merges are not deployed one after the other, every one';
    }
  },

  *'pull requests from forks get no permissions'(workflows) {
    for (const { file, workflow } of workflows) {
      for (const event of ['pull_request_target', 'workflow_run', 'issue_comment']) {
        if (event in workflow.on) yield `${file}: ${event} runs with this repository's rights for strangers`;
      }
      if (!('pull_request' in workflow.on)) continue;
      for (const [id, job] of Object.entries(workflow.jobs)) {
        if (!mayDoSomething(job)) continue;
        // A condition with `||` could also be true for a fork.
        if (!job.if?.includes(FROM_HERE) || job.if.includes('||'))
          yield `${file} ${id}: a fork's pull request reaches it`;
      }
    }
  },

  *'a pull request changes no environment'(workflows) {
    for (const { file, workflow } of workflows) {
      if (!('pull_request' in workflow.on)) continue;
      for (const [id, job] of Object.entries(workflow.jobs)) {
        if (job.uses !== undefined) yield `${file} ${id}: it calls another workflow`;
        if (job.environment !== undefined && !job.environment.endsWith('-plan')) {
          yield `${file} ${id}: environment ${job.environment} on a pull request`;
        }
      }
    }
  },

  *'AWS credentials come by OIDC, for the role of a GitHub environment'(workflows) {
    for (const { at, job } of jobs(workflows)) {
      for (const { uses, with: given } of job.steps) {
        if (!uses?.startsWith('aws-actions/configure-aws-credentials@')) continue;
        if (job.environment === undefined) yield `${at}: credentials without an environment`;
        if (job.permissions?.['id-token'] !== 'write') yield `${at}: credentials without id-token: write`;
        const [role, region] = ['${{ vars.AWS_ROLE }}', '${{ vars.AWS_REGION }}'];
        if (given['role-to-assume'] !== role || given['aws-region'] !== region) yield `${at}: another role or region`;
        const keys = Object.keys(given).filter((key) => /access-key|session-token|secret/.test(key));
        if (keys.length > 0) yield `${at}: long-lived credentials: ${keys.join(', ')}`;
      }
    }
  },

  *'no plan is uploaded to GitHub'(workflows) {
    const allowed =
      /^(release\/|reports\/|evidence\/[^\n]+\.json|((apps|packages)\/\*|glue|infra|\.local\/logs\/\S+)\/\S*junit\.xml)$/;
    for (const { at, step } of steps(workflows, [])) {
      if (!step.uses?.startsWith('actions/upload-artifact@')) continue;
      for (const path of String(step.with.path).trim().split('\n')) {
        if (!allowed.test(path)) yield `${at}: it uploads ${path}, which may hold a secret`;
      }
    }
  },

  *'the header of a workflow documents its purpose'(workflows) {
    for (const { file, text, workflow } of workflows) {
      const header = text.slice(0, text.indexOf('\nname:'));
      const doesSomething = Object.values(workflow.jobs).some(mayDoSomething);
      for (const heading of ['# Trigger: ', '# Role: ', ...(doesSomething ? ['# May change: '] : [])]) {
        if (!header.includes(heading)) yield `${file}: its first lines do not say "${heading.slice(2, -2)}"`;
      }
    }
  },

  *'every environment is planned, checked for drift, and can be rolled back'(workflows) {
    const expected = environmentNames.join(', ');
    for (const { at, job } of jobs(workflows)) {
      const matrix = job.strategy?.matrix.environment;
      if (matrix !== undefined && matrix.join(', ') !== expected) yield `${at}: not all environments, or not in order`;
    }
    const rollback = workflows.find(({ file }) => file.endsWith('/rollback.yml'))?.workflow.on.workflow_dispatch;
    const options = (rollback as { inputs?: { environment?: { options?: string[] } } } | undefined)?.inputs?.environment
      ?.options;
    if (options?.join(', ') !== expected) yield 'rollback.yml: not all environments, or not in order';
  },

  *'each job has the set-up for its purpose'(workflows) {
    for (const { at, job } of jobs(workflows)) {
      const does = purposeOf(job);
      const setUp = job.steps.find(({ uses }) => uses === SET_UP);
      if (setUp === undefined) {
        if (job.steps.some(({ run }) => run !== undefined)) yield `${at}: it runs something and sets nothing up`;
      } else if (purposeOfSetUp(setUp) !== does) {
        yield `${at}: it is to ${does}, and is set up to ${purposeOfSetUp(setUp)}`;
      }
    }
  },

  *'no job that builds a release or has permissions restores a cache'(workflows, actions) {
    for (const { at, job } of jobs(workflows)) {
      const setUps = job.steps.filter(({ uses }) => uses === SET_UP);
      if (purposeOf(job) === 'test' && !mayDoSomething(job)) continue;
      if (setUps.some((step) => purposeOfSetUp(step) === 'test')) yield `${at}: its set-up restores a cache`;
      if (job.steps.some(usesCache)) yield `${at}: it restores a cache`;
    }
    for (const { at, step } of steps([], actions)) {
      if (usesCache(step) && step.if !== "${{ inputs.for == 'test' }}")
        yield `${at}: it restores a cache for more than tests`;
    }
  },

  *'packages are installed before a job has credentials'(workflows, actions) {
    for (const { at, job } of jobs(workflows)) {
      const credentials = job.steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
      if (credentials < 0) continue;
      const setUp = job.steps.findIndex(({ uses }) => uses === SET_UP);
      const last = job.steps.findLastIndex(
        ({ uses }) => uses === SET_UP || /^actions\/(checkout|setup-)/.test(uses ?? ''),
      );
      if (setUp < 0 || last > credentials) yield `${at}: it installs with credentials`;
      const command = job.steps.findIndex(({ run }) => run !== undefined);
      if (command >= 0 && command < setUp) yield `${at}: it runs something before it is set up`;
    }
    for (const { file, action } of actions) {
      const install = action.runs.steps.find(({ run }) => run === INSTALL);
      if (install?.if !== "${{ inputs.for == 'deliver' }}")
        yield `${file}: it leaves the packages to the first command`;
    }
  },

  *'the Terraform version is pinned'(_, actions) {
    for (const { at, step } of steps([], actions)) {
      if (!step.uses?.startsWith('hashicorp/setup-terraform@')) continue;
      if (!/^\d+\.\d+\.\d+$/.test(String(step.with.terraform_version))) yield `${at}: Terraform is not pinned`;
      // The wrapper of setup-terraform adds lines to Terraform's output. The commands could not parse it as JSON.
      if (step.with.terraform_wrapper !== false) yield `${at}: Terraform comes with its wrapper`;
    }
  },
};

const SET_UP = '$/.github/actions/setup';

/** A command whose side effect is to install missing packages. */
const INSTALL = 'npm run deliver -- --help';

type Purpose = 'test' | 'build' | 'deliver';

function purposeOf(job: Job): Purpose {
  const runs = job.steps.map(({ run = '' }) => run);
  if (runs.some((run) => CHECKS.includes(run) || TESTS.test(run))) return 'test';
  return runs.some((run) => run.startsWith('npm run deliver -- release')) ? 'build' : 'deliver';
}

/** Returns the purpose that a set-up step declares. The default is tests. */
function purposeOfSetUp(step: Step): unknown {
  return step.with.for ?? 'test';
}

/** Returns whether a step restores GitHub's cache, either directly or by an option of another action. */
function usesCache({ uses = '', with: given }: Step): boolean {
  if (/^actions\/cache(\/|@)/.test(uses)) return true;
  return Object.entries(given).some(
    ([name, value]) => /cache/.test(name) && ![false, 'false', ''].includes(value as string),
  );
}

const ASKS_GITHUB = ['assess', 'comment', 'deploy', 'drift', 'publish', 'rollback'];

/** The condition for a pull request from a branch of this repository, not from a fork. */
const FROM_HERE = 'github.event.pull_request.head.repo.full_name == github.repository';

function mayDoSomething({ permissions, environment }: Job): boolean {
  return environment !== undefined || Object.values(permissions ?? {}).includes('write');
}

/**
 * Returns whether the job's role may apply plans. In the GitHub environments `<name>-plan` and `<name>-approval`, the
 * role may not.
 */
function changesEnvironment({ environment }: Job): boolean {
  return environment !== undefined && !/-(plan|approval)$/.test(environment);
}

function* jobs(workflows: readonly ParsedWorkflow[]): Iterable<{ at: string; job: Job }> {
  for (const { file, workflow } of workflows) {
    for (const [id, job] of Object.entries(workflow.jobs)) yield { at: `${file} ${id}`, job };
  }
}

interface PlacedStep {
  readonly at: string;
  readonly step: Step;
  /** Names of the environment variables that the step's command can use. */
  readonly variables: readonly string[];
}

function* steps(workflows: readonly ParsedWorkflow[], actions: readonly ParsedAction[]): Iterable<PlacedStep> {
  for (const { at, job } of jobs(workflows)) {
    for (const step of job.steps) {
      yield { at: `${at} ${step.id ?? step.uses ?? ''}`, step, variables: Object.keys({ ...job.env, ...step.env }) };
    }
  }
  for (const { file, action } of actions) {
    for (const step of action.runs.steps) yield { at: `${file} ${step.uses ?? ''}`, step, variables: [] };
  }
}

/** Commands that check the repository and need no permissions. */
const CHECKS = ['.ci/run', 'npm run advisories -- --require-answers'];
/** Matches a command that runs the tests of some packages. */
const TESTS = /^npm test -- --filter( @centflow\/[a-z-]+)+$/;

/** Matches a plain word, or words and variables in double quotes. */
const VALUE = /^(?:[\w./-]+|"(?:[\w./-]|\$[A-Z_]+)+")$/;

function* problemsOfCommand(run: string, variables: readonly string[]): Iterable<string> {
  if (CHECKS.includes(run) || run === INSTALL || TESTS.test(run)) return;
  const [npm, script, program, dashes, name = '', ...words] = run.split(' ');
  if (`${npm} ${script} ${program} ${dashes}` !== 'npm run deliver --') {
    return yield `\`${run}\` is no command of the repository`;
  }
  const command = deliver(async () => {}).commands.find((known) => known.name() === name);
  if (command === undefined) return yield `\`npm run deliver --\` has no command ${name}`;
  yield* problemsOfOptions(command, words);
  for (const [, variable = ''] of run.matchAll(/\$([A-Z_]+)/g)) {
    if (!variables.includes(variable)) yield `$${variable} is not in its env`;
  }
}

function* problemsOfOptions(command: Command, words: readonly string[]): Iterable<string> {
  const given = new Set<string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const option = command.options.find(({ long }) => long === word);
    if (option === undefined) {
      yield `${command.name()} has no option ${word}`;
      continue;
    }
    given.add(word);
    if (!option.required) continue;
    at += 1;
    if (!VALUE.test(words[at] ?? '')) yield `${word} has no plain value: ${words[at] ?? 'nothing'}`;
  }
  for (const { long, mandatory } of command.options) {
    if (mandatory && !given.has(long ?? '')) yield `${command.name()} needs ${long}`;
  }
}
