// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub expressions use the same syntax
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { describe, expect, test } from 'vitest';
import { type Job, jobPermissions, parseWorkflow, stepCommand } from '../src/workflows.ts';
import { problemsOf, type Sources } from './workflow-rules.ts';

const read = (file: string) => readFileSync(join(repository, file), 'utf8');
const workflows = '.github/workflows';
const committed: Sources = Object.fromEntries(
  [
    ...readdirSync(join(repository, workflows)).map((name) => `${workflows}/${name}`),
    '.github/actions/setup/action.yml',
  ].map((file) => [file, read(file)]),
);

test('the committed workflows follow every workflow rule', () => {
  expect(problemsOf(committed)).toEqual([]);
});

/** Returns the committed workflows and actions with one replacement in one file. */
function changed(name: string, from: string | RegExp, to: string): Sources {
  const file = Object.keys(committed).find((path) => path.endsWith(`/${name}`)) ?? '';
  const before = committed[file] ?? '';
  const after = before.replace(from, to);
  expect(after, `${name} has ${from} to change`).not.toBe(before);
  return { ...committed, [file]: after };
}

describe('the workflow rules', () => {
  test.each<[why: string, file: string, from: string | RegExp, to: string, problem: RegExp]>([
    [
      'that adds a command to the tests',
      'ci.yml',
      '@centflow/glue\n',
      '@centflow/glue; id\n',
      /is no command of the repository/,
    ],
    ['that runs a script', 'ci.yml', 'run: .ci/run', 'run: bash tools/check.sh', /is no command of the repository/],
    ['that runs two commands', 'ci.yml', 'run: .ci/run', 'run: .ci/run && npm test', /is no command/],
    [
      'that deploys with another program',
      'deploy-environment.yml',
      'run deliver -- deploy',
      'run infra -- apply',
      /is no command/,
    ],
    ['that runs an unknown command', 'drift.yml', '-- drift', '-- drfit', /no command drfit/],
    ['that passes an unknown option', 'deploy.yml', '--output', '--out', /release has no option --out/],
    [
      'that omits a required option',
      'rollback.yml',
      '--environment "$ENVIRONMENT" --to',
      '--to',
      /rollback needs --environment/,
    ],
    ['that pipes the output of a command', 'drift.yml', '--issue', '--issue | tee log', /drift has no option \|/],
    [
      'with an unquoted value, which the shell splits at blanks',
      'rollback.yml',
      '"$VERSION"',
      '$VERSION',
      /--to has no plain value: \$VERSION/,
    ],
    ['that uses a variable without setting it', 'plan.yml', 'HEAD: ${{', 'HEED: ${{', /\$HEAD is not in its env/],
    [
      'with a GitHub expression inside a command',
      'rollback.yml',
      '"$VERSION"',
      '"${{ inputs.version }}"',
      /\$\{\{ \}\} in run/,
    ],
    ['whose command has no id', 'ci.yml', '- id: check\n        run', '- run', /has no id/],
    [
      'with an action that is pinned to a branch',
      'plan.yml',
      /checkout@[0-9a-f]{40} # \S+/,
      'checkout@main # v7.0.1',
      /not pinned by a commit/,
    ],
    ['with an action whose version is not in a comment', 'plan.yml', ' # v7.0.1', '', /does not say which version/],
    ['with two versions of an action', 'plan.yml', /checkout@3/, 'checkout@4', /is pinned elsewhere/],
    ['with a local action that does not exist', 'ci.yml', '/setup', '/set-up', /does not exist/],
    [
      'with permissions for all its jobs',
      'deploy.yml',
      'permissions: {}',
      'permissions:\n  contents: read',
      /at the top/,
    ],
    [
      'with a job that does not declare its permissions',
      'ci.yml',
      '    permissions:\n      contents: read\n',
      '',
      /does not say its permissions/,
    ],
    ['with a secret', 'plan.yml', '${{ github.token }}', '${{ secrets.TOKEN }}', /uses a secret/],
    [
      'with a token for a step that does not call GitHub',
      'plan.yml',
      'HEAD: ',
      'GITHUB_TOKEN: ${{ github.token }}\n          HEAD: ',
      /asks nothing/,
    ],
    [
      'that rolls back without the token that reads the approval',
      'rollback.yml',
      /\n {10}GITHUB_TOKEN: .*/,
      '',
      /rollback: no GITHUB_TOKEN, and it asks GitHub/,
    ],
    [
      'that rolls back by hand as if the canary had failed',
      'rollback.yml',
      '--to "$VERSION"',
      '--to "$VERSION" --canary-failed',
      /--canary-failed whatever the canary says/,
    ],
    ['without the token that opens an issue', 'drift.yml', /\n {8}env:\n {10}GITHUB_TOKEN.*/, '', /no GITHUB_TOKEN/],
    [
      'whose checkout keeps the token',
      'ci.yml',
      'persist-credentials: false',
      'persist-credentials: true',
      /checkout without/,
    ],
    ['without a timeout', 'drift.yml', '    timeout-minutes: 45\n', '', /no timeout-minutes/],
    ['without a concurrency group', 'ci.yml', /concurrency:\n.*\n.*\n/, '', /has no concurrency/],
    [
      'that could deploy twice at the same time',
      'deploy-environment.yml',
      'group: environment-',
      'group: deployment-',
      /not of its environment/,
    ],
    [
      'that GitHub could cancel during a rollback',
      'rollback.yml',
      /(environment }}\n {6}cancel-in-progress:) false/,
      '$1 true',
      /cancelled half-way/,
    ],
    [
      'that skips merges while a deployment runs',
      'deploy.yml',
      '  queue: max\n',
      '',
      /not deployed one after the other/,
    ],
    [
      'that runs with permissions for pull requests from forks',
      'plan.yml',
      '  pull_request:',
      '  pull_request_target:',
      /rights for strangers/,
    ],
    [
      'that plans for forks because a job has no condition',
      'plan.yml',
      /(needs: release\n) {4}if: .*\n/,
      '$1',
      /plan.yml plan: a fork/,
    ],
    [
      'that plans for forks because its condition has an alternative',
      'plan.yml',
      /(needs: release\n {4}if: .*) }}/,
      "$1 || github.actor == 'ada' }}",
      /plan: a fork/,
    ],
    [
      'that comments on pull requests from forks',
      'plan.yml',
      / && github.event.pull_request.head.repo.full_name == github.repository/,
      '',
      /comment: a fork/,
    ],
    ['that applies on a pull request', 'plan.yml', '}}-plan', '}}', /on a pull request/],
    [
      'that gets AWS credentials without a GitHub environment',
      'drift.yml',
      /\n {4}environment: .*/,
      '',
      /without an environment/,
    ],
    ['that assumes another role', 'drift.yml', 'vars.AWS_ROLE', 'vars.AWS_APPLY_ROLE', /another role or region/],
    ['that gets AWS credentials without OIDC', 'drift.yml', 'id-token: write', 'id-token: read', /without id-token/],
    ['that uploads plans', 'plan.yml', 'path: reports/', 'path: .local/terraform', /may hold a secret/],
    [
      'whose header does not say what it may change',
      'deploy.yml',
      '# May change: ',
      '# Changes ',
      /do not say "May change"/,
    ],
    [
      'that does not check every environment for drift',
      'drift.yml',
      '[dev, staging, production]',
      '[dev, production]',
      /not all environments/,
    ],
    [
      'that cannot roll back every environment',
      'rollback.yml',
      '[dev, staging, production]',
      '[dev, staging]',
      /rollback.yml: not all/,
    ],
    [
      'that builds but sets up only the delivery commands',
      'plan.yml',
      'for: build',
      'for: deliver',
      /is to build, and is set up to deliver/,
    ],
    [
      'that sets up more than it needs',
      'drift.yml',
      'for: deliver',
      'for: build',
      /is to deliver, and is set up to build/,
    ],
    [
      'whose set-up restores a cache before an apply',
      'deploy-environment.yml',
      /\n {8}with:\n {10}for: deliver/,
      '',
      /deploy: its set-up restores a cache/,
    ],
    [
      'with a step that restores a cache before a rollback',
      'rollback.yml',
      '      - uses: aws-actions/',
      `      - uses: actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5
        with:
          path: .local/toolchain
          key: deliver
      - uses: aws-actions/`,
      /rollback: it restores a cache/,
    ],
    [
      'whose set-up restores a cache before it builds a release',
      'deploy.yml',
      /\n {8}with:\n {10}for: build/,
      '',
      /release: its set-up restores a cache/,
    ],
    [
      'whose set-up restores a cache before it publishes a release',
      'deploy.yml',
      /for: deliver(?!.*for: deliver)/s,
      'for: test',
      /publish: its set-up/,
    ],
    [
      'whose set-up restores a cache for deliveries',
      'action.yml',
      "== 'test'",
      "!= 'build'",
      /a cache for more than tests/,
    ],
    [
      'whose set-up lets another action restore a cache',
      'action.yml',
      'package-manager-cache: false',
      'cache: npm',
      /a cache for more than tests/,
    ],
    [
      'whose set-up does not install the packages',
      'action.yml',
      "if: ${{ inputs.for == 'deliver' }}",
      'if: ${{ false }}',
      /to the first command/,
    ],
    [
      'that installs packages after it has AWS credentials',
      'plan.yml',
      /( {6}- uses: \$\/\.github\/actions\/setup\n {8}with:\n {10}for: deliver\n)(.*?)( {6}# Plans contain)/s,
      '$2$1$3',
      /plan: it installs with credentials/,
    ],
    [
      'that runs a command before the set-up',
      'drift.yml',
      '      - uses: $/.github/actions/setup',
      '      - id: early\n        run: npm run deliver -- drift --environment "$ENVIRONMENT" --issue\n      - uses: $/.github/actions/setup',
      /before it is set up/,
    ],
    ['with a job that has no set-up', 'ci.yml', '      - uses: $/.github/actions/setup\n', '', /sets nothing up/],
    ['with a range of Terraform versions', 'action.yml', '1.11.4', '~1.11', /Terraform is not pinned/],
  ])('refuse a workflow %s', (_, file, from, to, problem) => {
    expect(problemsOf(changed(file, from, to)).join('\n')).toMatch(problem);
  });

  test.each([
    [
      'that continues after a failure',
      'deploy-environment.yml',
      '- id: canary\n',
      '- id: canary\n        continue-on-error: true\n',
    ],
    ['that grants all permissions', 'deploy.yml', 'permissions: {}', 'permissions: write-all'],
    ['that runs on a self-hosted runner', 'ci.yml', 'ubuntu-24.04', 'self-hosted'],
  ])('refuse a workflow %s', (_, file, from, to) => {
    expect(() => problemsOf(changed(file, from, to))).toThrow();
  });
});

describe('the deployment workflow', () => {
  const deploy = parseWorkflow(committed[`${workflows}/deploy.yml`] ?? '');
  const job = (id: string): Job => {
    const found = deploy.jobs[id];
    if (found === undefined) throw new Error(`deploy.yml has no job ${id}`);
    return found;
  };

  test('starts on a push to main only', () => {
    expect(deploy.on).toEqual({ push: { branches: ['main'] } });
  });

  test('deploys to dev and staging, assesses the release, deploys to production, then publishes', () => {
    const order = Object.fromEntries(Object.entries(deploy.jobs).map(([id, { needs }]) => [id, needs]));
    expect(order).toEqual({
      release: [],
      attest: ['release'],
      dev: ['release'],
      staging: ['release', 'dev'],
      assess: ['release', 'staging'],
      approve: ['assess'],
      production: ['release', 'assess', 'approve'],
      publish: ['attest', 'production'],
    });
  });

  test('deploys the same release to every environment, and names the previous environment', () => {
    const calls = ['dev', 'staging', 'production'].map((id) => [job(id).uses, job(id).with]);
    const uses = '$/.github/workflows/deploy-environment.yml';
    const digest = '${{ needs.release.outputs.digest }}';
    expect(calls).toEqual([
      [uses, { environment: 'dev', digest }],
      [uses, { environment: 'staging', after: 'dev', digest }],
      [uses, { environment: 'production', after: 'staging', digest }],
    ]);
  });

  test('grants each deployment the permissions that its job declares', () => {
    const taken = jobPermissions('deploy-environment', 'deploy');
    for (const id of ['dev', 'staging', 'production']) expect(job(id).permissions, id).toEqual(taken);
  });

  test('requires an approval only if the assessment requires one', () => {
    expect(job('approve').environment).toBe('production-approval');
    expect(job('approve').permissions).toEqual({});
    const asked = (approval: string) => evaluate(job('approve').if, { needs: { assess: { outputs: { approval } } } });
    expect(asked('needed')).toBe(true);
    expect(asked('automatic')).toBe(false);
  });

  test.each([
    ['the assessment is good', 'success', 'automatic', 'skipped', true],
    ['the approval is given', 'success', 'needed', 'success', true],
    ['the approval is refused', 'success', 'needed', 'failure', false],
    ['the required approval was skipped', 'success', 'needed', 'skipped', false],
    ['the assessment has no result', 'success', '', 'skipped', false],
    ['the assessment fails', 'failure', '', 'skipped', false],
    ['staging fails', 'skipped', '', 'skipped', false],
    ['staging fails after an earlier approval', 'skipped', 'automatic', 'success', false],
  ])(
    'deploys to production only after a successful assessment and any required approval: %s',
    (_, assess, approval, approve, goes) => {
      const needs = { assess: { result: assess, outputs: { approval } }, approve: { result: approve } };
      expect(evaluate(job('production').if, { needs })).toBe(goes);
      expect(evaluate(job('production').if, { needs, cancelled: true })).toBe(false);
    },
  );

  test('publishes the release only after the production deployment and the attestation have succeeded', () => {
    const published = (attest: string, production: string) =>
      evaluate(job('publish').if, { needs: { attest: { result: attest }, production: { result: production } } });
    expect(published('success', 'success')).toBe(true);
    for (const result of ['failure', 'skipped', 'cancelled']) {
      expect(published('success', result)).toBe(false);
      expect(published(result, 'success')).toBe(false);
    }
  });

  test.each([
    ['public', undefined, true],
    ['internal', undefined, true],
    ['private', undefined, false],
    ['private', 'false', false],
    ['private', 'true', true],
  ])('attests the provenance in a %s repository if ATTEST_PRIVATE is %s: %s', (visibility, ATTEST_PRIVATE, attests) => {
    const { steps, if: condition } = job('attest');
    expect(condition, 'publish needs the job, so only its step may be skipped').toBeUndefined();
    const step = steps.find(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'));
    const github = { event: { repository: { visibility } } };
    expect(evaluate(step?.if, { github, vars: { ATTEST_PRIVATE } })).toBe(attests);
  });

  test('rolls back only after the canary has failed', () => {
    const steps = parseWorkflow(committed[`${workflows}/deploy-environment.yml`] ?? '').jobs.deploy?.steps ?? [];
    const ids = steps.map(({ id }) => id).filter((id) => id !== undefined);
    expect(ids).toEqual(['deploy', 'canary', 'rollback', 'canary-after-rollback']);
    const condition = (id: string) => steps.find((step) => step.id === id)?.if;
    expect(condition('deploy')).toBeUndefined();
    expect(condition('canary')).toBeUndefined();
    const outcomes = (canary: string, rollback: string) => ({
      steps: { canary: { outcome: canary }, rollback: { outcome: rollback } },
    });
    expect(evaluate(condition('rollback'), { ...outcomes('failure', ''), failed: true })).toBe(true);
    expect(evaluate(condition('rollback'), { ...outcomes('success', ''), failed: false })).toBe(false);
    // A failed deployment is not rolled back, although it may have applied some stages. Running the deployment again
    // applies the other stages.
    expect(evaluate(condition('rollback'), { ...outcomes('skipped', ''), failed: true })).toBe(false);
    const again = condition('canary-after-rollback');
    expect(evaluate(again, { ...outcomes('failure', 'success'), failed: true })).toBe(true);
    expect(evaluate(again, { ...outcomes('failure', 'failure'), failed: true })).toBe(false);
  });
});

test('the rollback workflow requires an approval only for production', () => {
  const { approve, rollback } = parseWorkflow(committed[`${workflows}/rollback.yml`] ?? '').jobs;
  expect(approve?.environment).toBe('production-approval');
  expect(rollback?.needs).toEqual(['approve']);
  const inputs = (environment: string) => ({ inputs: { environment } });
  expect(evaluate(approve?.if, inputs('production'))).toBe(true);
  expect(evaluate(approve?.if, inputs('dev'))).toBe(false);
  const goes = (environment: string, approval: string) =>
    evaluate(rollback?.if, { ...inputs(environment), needs: { approve: { result: approval } } });
  expect(goes('dev', 'skipped')).toBe(true);
  expect(goes('production', 'success')).toBe(true);
  expect(goes('production', 'skipped')).toBe(false);
  expect(goes('production', 'failure')).toBe(false);
});

test('the plan workflow comments on a pull request even if a plan was refused', () => {
  const { comment } = parseWorkflow(committed[`${workflows}/plan.yml`] ?? '').jobs;
  const from = (name: string) => ({
    event: { pull_request: { head: { repo: { full_name: name } } } },
    repository: 'a/b',
  });
  expect(evaluate(comment?.if, { github: from('a/b'), failed: true })).toBe(true);
  expect(evaluate(comment?.if, { github: from('fork/b'), failed: true })).toBe(false);
});

test('stepCommand returns the command of a step, and rejects unknown jobs and steps', () => {
  expect(stepCommand('plan', 'release', 'release')).toBe('npm run deliver -- release --output release');
  expect(() => stepCommand('plan', 'release', 'relase')).toThrow(/has no step relase/);
  expect(() => stepCommand('plan', 'relase', 'release')).toThrow(/has no job relase/);
});

interface Circumstances {
  readonly needs?: object;
  readonly steps?: object;
  readonly inputs?: object;
  readonly github?: object;
  readonly vars?: object;
  readonly failed?: boolean;
  readonly cancelled?: boolean;
}

/** Evaluates a GitHub expression as JavaScript. The workflows use only syntax that both languages share. */
function evaluate(
  condition: string | undefined,
  { failed = false, cancelled = false, ...contexts }: Circumstances,
): boolean {
  const expression = /^\$\{\{(.*)\}\}$/s.exec(condition?.trim() ?? '')?.[1] ?? 'undefined';
  const names = { ...contexts, failure: () => failed, cancelled: () => cancelled };
  return Boolean(new Function(...Object.keys(names), `return (${expression});`)(...Object.values(names)));
}
