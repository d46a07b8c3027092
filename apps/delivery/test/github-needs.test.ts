// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub expressions use the same syntax
/** Tests that `check-github` and docs/delivery.md require exactly the settings that the workflows need. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, readEnvironments } from '@centflow/infra';
import { repository } from '@centflow/local-processes/paths';
import { describe, expect, test } from 'vitest';
import { ATTEST_PRIVATE, DEPLOYED_BRANCH, neededEnvironments } from '../src/check-github/needs.ts';
import { type Job, parseWorkflow, type Workflow, workflowFolder } from '../src/workflows.ts';

const workflows = readdirSync(workflowFolder).map((file) => ({
  file,
  workflow: parseWorkflow(readFileSync(join(workflowFolder, file), 'utf8')),
}));

interface Use {
  readonly environment: string | undefined;
  readonly event: string;
  readonly variables: readonly string[];
}

/** The variables that each job uses, with one entry for each environment in which the job may run. */
const uses: readonly Use[] = workflows.flatMap(({ file, workflow }) =>
  Object.values(workflow.jobs).flatMap((job) => {
    const variables = [...JSON.stringify(job).matchAll(/\bvars\.(\w+)/g)].map(([, name = '']) => name);
    return environmentsOf(job, file, workflow).flatMap((environment) =>
      Object.keys(workflow.on).map((event) => ({ environment, event, variables })),
    );
  }),
);

function environmentsOf(job: Job, file: string, workflow: Workflow): (string | undefined)[] {
  const { environment } = job;
  if (environment === undefined) return [undefined];
  const [, source] = /\$\{\{ (\S+) \}\}/.exec(environment) ?? [];
  if (source === undefined) return [environment];
  const values =
    source === 'matrix.environment' ? job.strategy?.matrix.environment : inputValues(source, file, workflow);
  if (values === undefined) throw new Error(`${file}: nobody knows what ${environment} may be`);
  return values.map((value) => environment.replace(`\${{ ${source} }}`, value));
}

/** Values of inputs that people may choose or that other workflows pass. */
function inputValues(source: string, file: string, workflow: Workflow): string[] | undefined {
  if (source !== 'inputs.environment') return undefined;
  const dispatch = workflow.on.workflow_dispatch as { inputs?: { environment?: { options?: string[] } } } | undefined;
  const given = workflows
    .flatMap((caller) => Object.values(caller.workflow.jobs))
    .filter((job) => job.uses?.endsWith(`/${file}`))
    .map((job) => String(job.with.environment));
  return [...(dispatch?.inputs?.environment?.options ?? []), ...given];
}

const needed = neededEnvironments(readEnvironments());
const usesOf = (name: string) => uses.filter(({ environment }) => environment === name);
const unique = (names: Iterable<string>) => [...new Set(names)].sort();

describe('check-github', () => {
  test('requires the environments that the workflows use', () => {
    const used = uses.flatMap(({ environment }) => environment ?? []);
    expect(needed.map(({ name }) => name).sort()).toEqual(unique(used));
    expect(needed).toHaveLength(7);
  });

  test.each(needed)('requires the variables that the jobs of environment $name use', ({ name, variables }) => {
    expect(Object.keys(variables).sort()).toEqual(unique(usesOf(name).flatMap((use) => use.variables)));
  });

  test.each(needed)(
    'lets pull requests use environment $name only if one of its jobs runs for pull requests',
    ({ name, branches }) => {
      const runsForPullRequests = usesOf(name).some(({ event }) => event === 'pull_request');
      expect(branches).toBe(runsForPullRequests ? 'any' : DEPLOYED_BRANCH);
    },
  );

  test('requires the repository variable that jobs without an environment use', () => {
    const variables = uses.filter(({ environment }) => environment === undefined).flatMap((use) => use.variables);
    expect(unique(variables)).toEqual([ATTEST_PRIVATE]);
  });

  test('requires the branch whose pushes are deployed', () => {
    const deploy = workflows.find(({ file }) => file === 'deploy.yml')?.workflow;
    expect(deploy?.on).toEqual({ push: { branches: [DEPLOYED_BRANCH] } });
  });
});

describe('the documentation of GitHub settings', () => {
  const page = (name: string) => readFileSync(join(repository, 'docs', name), 'utf8');

  test('lists the environment settings that check-github requires', () => {
    const rows = [...page('delivery.md').matchAll(/^ *\| `(<name>\S*|production-approval)` .*$/gm)].map(([row]) =>
      row
        .trim()
        .split('|')
        .map((cell) => cell.trim()),
    );
    const documented = rows.flatMap(([, name = '', branches, reviewers, variables = '']) =>
      (name.includes('<name>') ? ['dev', 'staging', 'production'] : ['']).map((environment) => ({
        name: name.replaceAll('`', '').replace('<name>', environment),
        branches: branches === 'any' ? 'any' : branches === '`main` only' ? 'main' : branches,
        needsReviewers: reviewers !== 'none',
        variables: [...variables.matchAll(/`([A-Z_]+)`/g)].map(([, variable]) => variable),
      })),
    );
    const byName = (left: { name: string }, right: { name: string }) => left.name.localeCompare(right.name);
    expect(documented.sort(byName)).toEqual(
      needed.map((one) => ({ ...one, variables: Object.keys(one.variables) })).sort(byName),
    );
  });

  test('lists the status checks that main requires by the names of their jobs, as GitHub does', () => {
    const [before = ''] = page('delivery.md').split('A name that no job has');
    const named = before.slice(before.lastIndexOf('these status checks'));
    const required = ['ci.yml', 'plan.yml'].flatMap((file) =>
      Object.values(workflows.find((found) => found.file === file)?.workflow.jobs ?? {}).flatMap(
        ({ name, strategy }) =>
          strategy === undefined && file === 'plan.yml'
            ? []
            : (strategy?.matrix.environment ?? ['']).map((value) =>
                String(name).replace('${{ matrix.environment }}', value),
              ),
      ),
    );
    expect([...named.matchAll(/`([^`]+)`/g)].map(([, check]) => check)).toEqual(required);
  });

  test('names the roles of the environments as bootstrap creates them', () => {
    const text = page('delivery.md')
      .replaceAll('<account>', readEnvironment('dev').accountId)
      .replaceAll('<name>', 'dev');
    for (const { name, variables } of needed) {
      if (name.startsWith('dev')) expect(text).toContain(`\`AWS_ROLE\`: \`${variables.AWS_ROLE}\``);
    }
  });

  test('describes the set-up and check of GitHub before the bootstrap that creates the roles', () => {
    const runbook = page('runbook.md');
    const places = [
      "gh api repos/OWNER/NAME --jq '.owner.id,.id'",
      'npm run deliver -- check-github',
      'npm run infra -- bootstrap',
    ].map((command) => runbook.indexOf(command));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
  });
});
