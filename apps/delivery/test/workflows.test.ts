// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is GitHub's syntax
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from '../src/repository.ts';
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

test('the workflows hold to the rules', () => {
  expect(problemsOf(committed)).toEqual([]);
});

/** The same with one place of one file changed. */
function changed(name: string, from: string | RegExp, to: string): Sources {
  const file = Object.keys(committed).find((path) => path.endsWith(`/${name}`)) ?? '';
  const before = committed[file] ?? '';
  const after = before.replace(from, to);
  expect(after, `${name} has ${from} to change`).not.toBe(before);
  return { ...committed, [file]: after };
}

describe('a workflow is refused', () => {
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
    ['that asks for an unknown command', 'drift.yml', '-- drift', '-- drfit', /no command drfit/],
    ['that gives an unknown option', 'deploy.yml', '--output', '--out', /release has no option --out/],
    [
      'that leaves out what is required',
      'rollback.yml',
      '--environment "$ENVIRONMENT" --to',
      '--to',
      /rollback needs --environment/,
    ],
    ['that pipes', 'drift.yml', '--issue', '--issue | tee log', /drift has no option \|/],
    [
      'that splits a value at its blanks',
      'rollback.yml',
      '"$VERSION"',
      '$VERSION',
      /--to has no plain value: \$VERSION/,
    ],
    ['that uses a variable it does not set', 'plan.yml', 'HEAD: ${{', 'HEED: ${{', /\$HEAD is not in its env/],
    [
      'that lets GitHub write into a command',
      'rollback.yml',
      '"$VERSION"',
      '"${{ inputs.version }}"',
      /\$\{\{ \}\} in run/,
    ],
    ['whose command has no id', 'ci.yml', '- id: check\n        run', '- run', /has no id/],
    [
      'with an action at a branch',
      'plan.yml',
      /checkout@[0-9a-f]{40} # \S+/,
      'checkout@main # v7.0.1',
      /not pinned by a commit/,
    ],
    ['with an action of an unknown version', 'plan.yml', ' # v7.0.1', '', /does not say which version/],
    ['with two versions of an action', 'plan.yml', /checkout@3/, 'checkout@4', /is pinned elsewhere/],
    ['with a part that does not exist', 'ci.yml', '/setup', '/set-up', /does not exist/],
    ['with rights at the top', 'deploy.yml', 'permissions: {}', 'permissions:\n  contents: read', /at the top/],
    ['without its rights', 'ci.yml', '    permissions:\n      contents: read\n', '', /does not say its permissions/],
    ['with a secret', 'plan.yml', '${{ github.token }}', '${{ secrets.TOKEN }}', /uses a secret/],
    [
      'with a token for what needs none',
      'plan.yml',
      'HEAD: ',
      'GITHUB_TOKEN: ${{ github.token }}\n          HEAD: ',
      /asks nothing/,
    ],
    [
      'that rolls back without looking the approval up',
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
    ['without the token', 'drift.yml', /\n {8}env:\n {10}GITHUB_TOKEN.*/, '', /no GITHUB_TOKEN/],
    ['that keeps the token', 'ci.yml', 'persist-credentials: false', 'persist-credentials: true', /checkout without/],
    ['without an end', 'drift.yml', '    timeout-minutes: 45\n', '', /no timeout-minutes/],
    ['without concurrency', 'ci.yml', /concurrency:\n.*\n.*\n/, '', /has no concurrency/],
    [
      'that deploys side by side',
      'deploy-environment.yml',
      'group: environment-',
      'group: deployment-',
      /not of its environment/,
    ],
    [
      'that is cancelled half-way',
      'rollback.yml',
      /(environment }}\n {6}cancel-in-progress:) false/,
      '$1 true',
      /cancelled half-way/,
    ],
    ['that leaves merges out', 'deploy.yml', '  queue: max\n', '', /not deployed one after the other/],
    ['that runs for strangers', 'plan.yml', '  pull_request:', '  pull_request_target:', /rights for strangers/],
    ['that plans for forks', 'plan.yml', /(needs: release\n) {4}if: .*\n/, '$1', /plan.yml plan: a fork/],
    [
      'that plans for forks too',
      'plan.yml',
      /(needs: release\n {4}if: .*) }}/,
      "$1 || github.actor == 'ada' }}",
      /plan: a fork/,
    ],
    [
      'that comments for forks',
      'plan.yml',
      / && github.event.pull_request.head.repo.full_name == github.repository/,
      '',
      /comment: a fork/,
    ],
    ['that applies on a pull request', 'plan.yml', '}}-plan', '}}', /on a pull request/],
    [
      'that takes credentials without an environment',
      'drift.yml',
      /\n {4}environment: .*/,
      '',
      /without an environment/,
    ],
    ['that takes another role', 'drift.yml', 'vars.AWS_ROLE', 'vars.AWS_APPLY_ROLE', /another role or region/],
    ['that takes credentials without OIDC', 'drift.yml', 'id-token: write', 'id-token: read', /without id-token/],
    ['that uploads plans', 'plan.yml', 'path: reports/', 'path: .local/terraform', /may hold a secret/],
    ['that does not say what for', 'deploy.yml', '# May change: ', '# Changes ', /do not say "May change"/],
    [
      'that forgets an environment',
      'drift.yml',
      '[dev, staging, production]',
      '[dev, production]',
      /not all environments/,
    ],
    [
      'that cannot roll one back',
      'rollback.yml',
      '[dev, staging, production]',
      '[dev, staging]',
      /rollback.yml: not all/,
    ],
    [
      'that builds without the tools',
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
      'that applies with what a cache holds',
      'deploy-environment.yml',
      /\n {8}with:\n {10}for: deliver/,
      '',
      /deploy: its set-up restores a cache/,
    ],
    [
      'that restores a cache of its own to apply with',
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
      'that builds a release with what a cache holds',
      'deploy.yml',
      /\n {8}with:\n {10}for: build/,
      '',
      /release: its set-up restores a cache/,
    ],
    [
      'that publishes with what a cache holds',
      'deploy.yml',
      /for: deliver(?!.*for: deliver)/s,
      'for: test',
      /publish: its set-up/,
    ],
    ['whose set-up has a cache for deliveries', 'action.yml', "== 'test'", "!= 'build'", /a cache for more than tests/],
    [
      'whose set-up lets an action cache',
      'action.yml',
      'package-manager-cache: false',
      'cache: npm',
      /a cache for more than tests/,
    ],
    [
      'whose set-up installs nothing',
      'action.yml',
      "if: ${{ inputs.for == 'deliver' }}",
      'if: ${{ false }}',
      /to the first command/,
    ],
    [
      'that installs with credentials',
      'plan.yml',
      /( {6}- uses: \$\/\.github\/actions\/setup\n {8}with:\n {10}for: deliver\n)(.*?)( {6}# Plans contain)/s,
      '$2$1$3',
      /plan: it installs with credentials/,
    ],
    [
      'that runs something before it is set up',
      'drift.yml',
      '      - uses: $/.github/actions/setup',
      '      - id: early\n        run: npm run deliver -- drift --environment "$ENVIRONMENT" --issue\n      - uses: $/.github/actions/setup',
      /before it is set up/,
    ],
    ['that sets nothing up', 'ci.yml', '      - uses: $/.github/actions/setup\n', '', /sets nothing up/],
    ['with any Terraform', 'action.yml', '1.11.4', '~1.11', /Terraform is not pinned/],
  ])('%s', (_, file, from, to, problem) => {
    expect(problemsOf(changed(file, from, to)).join('\n')).toMatch(problem);
  });

  test.each([
    [
      'that goes on after a failure',
      'deploy-environment.yml',
      '- id: canary\n',
      '- id: canary\n        continue-on-error: true\n',
    ],
    ['that gives all rights', 'deploy.yml', 'permissions: {}', 'permissions: write-all'],
    ['that runs on another machine', 'ci.yml', 'ubuntu-24.04', 'self-hosted'],
  ])('%s', (_, file, from, to) => {
    expect(() => problemsOf(changed(file, from, to))).toThrow();
  });
});

describe('the way to production', () => {
  const deploy = parseWorkflow(committed[`${workflows}/deploy.yml`] ?? '');
  const job = (id: string): Job => {
    const found = deploy.jobs[id];
    if (found === undefined) throw new Error(`deploy.yml has no job ${id}`);
    return found;
  };

  test('begins with a push to main', () => {
    expect(deploy.on).toEqual({ push: { branches: ['main'] } });
  });

  test('goes from dev to staging to an assessment to production to the release', () => {
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

  test('is the same for every environment: the release as it was made, on the evidence of the one before', () => {
    const calls = ['dev', 'staging', 'production'].map((id) => [job(id).uses, job(id).with]);
    const uses = '$/.github/workflows/deploy-environment.yml';
    const digest = '${{ needs.release.outputs.digest }}';
    expect(calls).toEqual([
      [uses, { environment: 'dev', digest }],
      [uses, { environment: 'staging', after: 'dev', digest }],
      [uses, { environment: 'production', after: 'staging', digest }],
    ]);
  });

  test('gives each deployment the rights that it takes', () => {
    const taken = jobPermissions('deploy-environment', 'deploy');
    for (const id of ['dev', 'staging', 'production']) expect(job(id).permissions, id).toEqual(taken);
  });

  test('asks people where the assessment says so, and nobody else', () => {
    expect(job('approve').environment).toBe('production-approval');
    expect(job('approve').permissions).toEqual({});
    const asked = (approval: string) => evaluate(job('approve').if, { needs: { assess: { outputs: { approval } } } });
    expect(asked('needed')).toBe(true);
    expect(asked('automatic')).toBe(false);
  });

  test.each([
    ['the assessment is good', 'success', 'automatic', 'skipped', true],
    ['people agree', 'success', 'needed', 'success', true],
    ['people refuse', 'success', 'needed', 'failure', false],
    ['nobody was asked who should have been', 'success', 'needed', 'skipped', false],
    ['the assessment says nothing', 'success', '', 'skipped', false],
    ['the assessment fails', 'failure', '', 'skipped', false],
    ['staging fails', 'skipped', '', 'skipped', false],
    ['staging fails, whatever was said', 'skipped', 'automatic', 'success', false],
  ])('where %s', (_, assess, approval, approve, goes) => {
    const needs = { assess: { result: assess, outputs: { approval } }, approve: { result: approve } };
    expect(evaluate(job('production').if, { needs })).toBe(goes);
    expect(evaluate(job('production').if, { needs, cancelled: true })).toBe(false);
  });

  test('ends with the release only where production has it and its provenance is on record', () => {
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
  ])(
    'attests the provenance in a %s repository whose ATTEST_PRIVATE is %s: %s',
    (visibility, ATTEST_PRIVATE, attests) => {
      const { steps, if: condition } = job('attest');
      expect(condition, 'publish needs the job, so only its step may be skipped').toBeUndefined();
      const step = steps.find(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'));
      const github = { event: { repository: { visibility } } };
      expect(evaluate(step?.if, { github, vars: { ATTEST_PRIVATE } })).toBe(attests);
    },
  );

  test('turns back where the canary fails, and only there', () => {
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
    // The deployment itself failed: half of it may be there, and it is finished by running it again.
    expect(evaluate(condition('rollback'), { ...outcomes('skipped', ''), failed: true })).toBe(false);
    const again = condition('canary-after-rollback');
    expect(evaluate(again, { ...outcomes('failure', 'success'), failed: true })).toBe(true);
    expect(evaluate(again, { ...outcomes('failure', 'failure'), failed: true })).toBe(false);
  });
});

test('a rollback of production by hand asks its reviewers first', () => {
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

test('a comment is written also where a plan was refused', () => {
  const { comment } = parseWorkflow(committed[`${workflows}/plan.yml`] ?? '').jobs;
  const from = (name: string) => ({
    event: { pull_request: { head: { repo: { full_name: name } } } },
    repository: 'a/b',
  });
  expect(evaluate(comment?.if, { github: from('a/b'), failed: true })).toBe(true);
  expect(evaluate(comment?.if, { github: from('fork/b'), failed: true })).toBe(false);
});

test('what a step runs can be had by its name', () => {
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

/** GitHub's expressions are, as far as ours go, JavaScript's. */
function evaluate(
  condition: string | undefined,
  { failed = false, cancelled = false, ...contexts }: Circumstances,
): boolean {
  const expression = /^\$\{\{(.*)\}\}$/s.exec(condition?.trim() ?? '')?.[1] ?? 'undefined';
  const names = { ...contexts, failure: () => failed, cancelled: () => cancelled };
  return Boolean(new Function(...Object.keys(names), `return (${expression});`)(...Object.values(names)));
}
