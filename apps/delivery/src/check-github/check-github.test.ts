import { readEnvironment, readEnvironments } from '@centflow/infra';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { deliver } from '../cli.ts';
import { EXIT, exitCodeOf } from '../exit.ts';
import { Connection } from '../github/connection.ts';
import { GitHub } from '../github/github.ts';
import { type GitHubStandIn, startGitHubStandIn } from '../testing/github-stand-in.ts';
import type { StandInEnvironment, StandInSettings } from '../testing/github-stand-in-settings.ts';
import { setUpGitHub } from '../testing/set-up-github.ts';
import { checkGitHub } from './check-github.ts';

const environments = readEnvironments();
const { repository } = readEnvironment('dev');

let standIn: GitHubStandIn;
let settings: StandInSettings;

beforeEach(async () => {
  standIn = await startGitHubStandIn({ repository: repository.name });
  settings = standIn.state.settings;
  setUpGitHub(settings);
});
afterEach(() => standIn.stop());

/** Runs the command and returns its lines. If the command fails, the error is the last line. */
async function run({ token = standIn.personalToken('ada'), of = environments } = {}) {
  const lines: string[] = [];
  const open = (name: string) => {
    const env = { GITHUB_API_URL: standIn.apiUrl, GITHUB_REPOSITORY: name, GITHUB_TOKEN: token };
    return new GitHub(Connection.fromEnvironment(env, 1));
  };
  const error: unknown = await checkGitHub(of, open, (line) => lines.push(line)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const failed = lines.flatMap((line, index) => (line.startsWith('✘') ? [`${line}\n${lines[index + 1]}`] : []));
  const noted = lines.flatMap((line, index) => (line.startsWith('!') ? [`${line}\n${lines[index + 1]}`] : []));
  return { lines, failed, noted, error, code: error === undefined ? EXIT.ok : exitCodeOf(error) };
}

function environment(name: string): StandInEnvironment {
  const found = settings.environments.get(name);
  if (found === undefined) throw new Error(`The stand-in has no environment ${name}`);
  return found;
}

describe('check-github with valid settings', () => {
  test('passes for a public repository that is set up as documented, and prints one line per check', async () => {
    const { lines, code } = await run();
    const [heading, ...checks] = lines;
    expect(heading).toBe('centflow/centflow (dev, staging, production):');
    expect(checks.filter((line) => !line.startsWith('✔ '))).toEqual([]);
    expect(checks).toContain('✔ infra/src/environments.ts contains the name and the ids of centflow/centflow');
    expect(checks).toContain(
      '✔ the OIDC tokens of the workflows have the subject that the AWS roles trust: repo:centflow@123456/centflow@456789:environment:…',
    );
    for (const name of ['dev', 'staging', 'production', 'production-approval']) {
      expect(checks).toContain(`✔ environment ${name} exists`);
      expect(checks).toContain(`✔ environment ${name}: only workflows of main may use it`);
    }
    for (const name of ['dev-plan', 'staging-plan', 'production-plan']) {
      expect(checks).toContain(`✔ environment ${name}: workflows of any branch may use it`);
    }
    expect(checks).toContain('✔ environment production-approval: a required reviewer must approve each use');
    expect(checks).toContain(
      '✔ environment staging-plan: AWS_ROLE is arn:aws:iam::444455556666:role/centflow-bootstrap-staging-plan',
    );
    expect(checks).toContain('✔ environment production: AWS_REGION is eu-west-1');
    expect(code).toBe(EXIT.ok);
  });

  test('passes if branch protection protects main instead of a ruleset', async () => {
    settings.pullRequests = 'protection';
    expect((await run()).failed).toEqual([]);
  });

  test('passes for an internal repository of Enterprise Cloud', async () => {
    settings.visibility = 'internal';
    expect(await run()).toMatchObject({ failed: [], noted: [], code: EXIT.ok });
  });

  test('passes for a private repository of Enterprise Cloud that sets ATTEST_PRIVATE', async () => {
    Object.assign(settings, { visibility: 'private', plan: 'enterprise' });
    for (let each = 0; each < 40; each += 1) settings.variables.set(`OTHER_${each}`, '');
    settings.variables.set('ATTEST_PRIVATE', 'true');
    expect(await run()).toMatchObject({ failed: [], noted: [], code: EXIT.ok });
  });
});

describe('check-github with a limited GitHub plan', () => {
  test.each(['team', 'pro'] as const)(
    'passes with notes for a private repository with the plan %s, which lacks some features',
    async (plan) => {
      Object.assign(settings, { visibility: 'private', plan, ownerType: plan === 'pro' ? 'User' : 'Organization' });
      environment('production-approval').reviewers = [];
      const { noted, failed, code } = await run({ token: standIn.personalToken('centflow') });
      expect(failed).toEqual([]);
      expect(noted).toEqual([
        expect.stringContaining(`the plan (${plan}) is below Enterprise Cloud. GitHub cannot require approvals`),
        expect.stringContaining('releases are published without an attestation'),
        expect.stringContaining(
          'the plan does not offer required reviewers, so a deployment that needs an approval ends with exit code 10',
        ),
      ]);
      expect(code).toBe(EXIT.ok);
    },
  );

  test('passes with notes for a private repository whose plan the token cannot read', async () => {
    Object.assign(settings, { visibility: 'private', showsPlan: false });
    settings.plan = 'enterprise';
    const { noted, code } = await run();
    expect(noted).toEqual([
      expect.stringContaining('GitHub shows the plan to owners only'),
      expect.stringContaining('If the plan is Enterprise Cloud, run `gh variable set ATTEST_PRIVATE'),
    ]);
    expect(code).toBe(EXIT.ok);
  });
});

describe('check-github with invalid settings', () => {
  test.each<[why: string, change: () => unknown, failure: RegExp, remedy: RegExp]>([
    [
      'if the repository has another id, because it was created again under the same name',
      () => Object.assign(settings, { id: 456790 }),
      /environments\.ts contains the name and the ids of centflow\/centflow/,
      /in dev, staging, production set `repository: \{ name: 'centflow\/centflow', ownerId: 123456, id: 456790 \}`/,
    ],
    [
      'if the owner has another id',
      () => Object.assign(settings, { ownerId: 7 }),
      /contains the name and the ids/,
      /ownerId: 7, id: 456789/,
    ],
    [
      'if the repository was renamed',
      () => Object.assign(settings, { fullName: 'centflow/money' }),
      /contains the name and the ids of centflow\/money/,
      /set `repository: \{ name: 'centflow\/money'/,
    ],
    [
      'if the OIDC tokens of the repository have subjects without ids',
      () => Object.assign(settings, { subject: 'names' }),
      /the subject that the AWS roles trust/,
      /begins with repo:centflow\/centflow\. Run `gh api --method PUT repos\/centflow\/centflow\/actions\/oidc\/customization\/sub -F use_default=true -F use_immutable_subject=true`/,
    ],
    [
      'if a template defines the subjects of the OIDC tokens',
      () => Object.assign(settings, { subject: 'template' }),
      /the subject that the AWS roles trust/,
      /a template of the repository defines the subject\. Run .* -F use_default=true/,
    ],
    [
      'if main is not the default branch',
      () => Object.assign(settings, { defaultBranch: 'trunk' }),
      /main is the default branch/,
      /the default branch is trunk\. Run `gh repo edit centflow\/centflow --default-branch main`/,
    ],
    [
      'if main accepts pushes without a pull request',
      () => Object.assign(settings, { pullRequests: 'optional' }),
      /main accepts changes by pull request only/,
      /Add a ruleset for main that requires a pull request: https:\/\/github\.com\/centflow\/centflow\/settings\/rules/,
    ],
    [
      'if CODEOWNERS names a team that GitHub does not know',
      () => Object.assign(settings, { codeOwnersErrors: [{ line: 3, suggestion: 'make sure the team exists' }] }),
      /every owner in \.github\/CODEOWNERS exists on GitHub/,
      /Name people or teams with write access\. GitHub reports: line 3: make sure the team exists/,
    ],
    [
      'if main has no CODEOWNERS',
      () => Object.assign(settings, { codeOwnersErrors: null }),
      /every owner in \.github\/CODEOWNERS exists on GitHub/,
      /GitHub reports: main has no CODEOWNERS/,
    ],
    [
      'if issues are disabled',
      () => Object.assign(settings, { hasIssues: false }),
      /issues are enabled/,
      /gh repo edit centflow\/centflow --enable-issues/,
    ],
    [
      'if a private repository of Enterprise Cloud does not enable attestations',
      () => Object.assign(settings, { visibility: 'private', plan: 'enterprise' }),
      /attests the provenance/,
      /gh variable set ATTEST_PRIVATE --repo centflow\/centflow --body true/,
    ],
    [
      'if a private repository enables attestations that its plan does not offer',
      () => {
        Object.assign(settings, { visibility: 'private', plan: 'team' });
        settings.variables.set('ATTEST_PRIVATE', 'true');
      },
      /attests the provenance/,
      /no release would be published\. Run `gh variable delete ATTEST_PRIVATE/,
    ],
    [
      'if an apply environment is missing',
      () => void settings.environments.delete('dev'),
      /environment dev exists/,
      /without rules.*`gh api --method PUT repos\/centflow\/centflow\/environments\/dev -F .*custom_branch_policies\]=true' && gh api --method POST repos\/centflow\/centflow\/environments\/dev\/deployment-branch-policies -f name=main`/,
    ],
    [
      'if a plan environment is missing',
      () => void settings.environments.delete('staging-plan'),
      /environment staging-plan exists/,
      /gh api --method PUT repos\/centflow\/centflow\/environments\/staging-plan -F deployment_branch_policy=null`/,
    ],
    [
      'if the approval environment is missing',
      () => void settings.environments.delete('production-approval'),
      /environment production-approval exists/,
      /environments\/production-approval\/deployment-branch-policies -f name=main/,
    ],
    [
      'if any branch may use an apply environment, which is the default on GitHub',
      () => Object.assign(environment('production'), { branches: 'any' }),
      /environment production: only workflows of main may use it/,
      /any branch may use it\. Run `gh api --method PUT/,
    ],
    [
      'if every protected branch may use an apply environment',
      () => Object.assign(environment('staging'), { branches: 'protected' }),
      /environment staging: only workflows of main may use it/,
      /every protected branch may use it/,
    ],
    [
      'if another branch may use an apply environment',
      () =>
        Object.assign(environment('dev'), {
          branches: [
            { name: 'main', type: 'branch' },
            { name: 'release/*', type: 'branch' },
          ],
        }),
      /environment dev: only workflows of main may use it/,
      /these may use it: main, release\/\*\. Select only main: https:\/\/github\.com\/centflow\/centflow\/settings\/environments/,
    ],
    [
      'if a tag called main may use an apply environment',
      () => Object.assign(environment('dev'), { branches: [{ name: 'main', type: 'tag' }] }),
      /environment dev: only workflows of main may use it/,
      /these may use it: the tag main\./,
    ],
    [
      'if any branch may use the approval environment',
      () => Object.assign(environment('production-approval'), { branches: 'any' }),
      /environment production-approval: only workflows of main may use it/,
      /any branch may use it/,
    ],
    [
      'if pull requests cannot use a plan environment',
      () => Object.assign(environment('dev-plan'), { branches: [{ name: 'main', type: 'branch' }] }),
      /environment dev-plan: workflows of any branch may use it/,
      /only main may use it, so pull requests could not be planned/,
    ],
    [
      'if the approval environment has no required reviewers',
      () => Object.assign(environment('production-approval'), { reviewers: [] }),
      /environment production-approval: a required reviewer must approve/,
      /Add them under "Required reviewers": https:\/\/github\.com\/centflow\/centflow\/settings\/environments/,
    ],
    [
      'if an environment has no role',
      () => void environment('dev-plan').variables.delete('AWS_ROLE'),
      /environment dev-plan: AWS_ROLE is arn:/,
      /the variable is not set\. Run `gh variable set AWS_ROLE --env dev-plan --repo centflow\/centflow --body arn:aws:iam::111122223333:role\/centflow-bootstrap-dev-plan`/,
    ],
    [
      'if a plan environment has the apply role',
      () =>
        void environment('dev-plan').variables.set(
          'AWS_ROLE',
          'arn:aws:iam::111122223333:role/centflow-bootstrap-dev-apply',
        ),
      /environment dev-plan: AWS_ROLE is arn:\S+-dev-plan/,
      /the variable is arn:\S+-dev-apply/,
    ],
    [
      'if an environment has the wrong region',
      () => void environment('production').variables.set('AWS_REGION', 'us-east-1'),
      /environment production: AWS_REGION is eu-west-1/,
      /the variable is us-east-1/,
    ],
  ])('fails %s', async (_, change, failure, remedy) => {
    change();
    const { failed, error, code } = await run();
    expect(failed).toEqual([expect.stringMatching(failure)]);
    expect(failed[0]).toMatch(/\n {4}What to do: /);
    expect(failed[0]).toMatch(remedy);
    expect(String(error)).toMatch(/^GitHubSetupError: 1 check failed\..*before `npm run infra -- bootstrap`/);
    expect(code).toBe(EXIT.gitHubSetup);
  });

  test('fails if the repository is private and its plan is Free, which does not support rules', async () => {
    Object.assign(settings, { visibility: 'private', plan: 'free' });
    const { failed, code } = await run();
    expect(failed).toEqual([
      expect.stringMatching(/main accepts changes by pull request only/),
      expect.stringMatching(
        /GitHub ignores every environment rule\. Make the repository public, or upgrade to GitHub Team/,
      ),
    ]);
    expect(code).toBe(EXIT.gitHubSetup);
  });

  test('fails for a new repository and lists all missing settings', async () => {
    settings.environments.clear();
    settings.pullRequests = 'optional';
    const { failed, error } = await run();
    expect(failed).toHaveLength(8);
    expect(String(error)).toMatch(/8 checks failed/);
  });

  test('fails for one environment if only its ids are wrong', async () => {
    const [dev, ...others] = environments;
    if (dev === undefined) throw new Error('there is no environment');
    const mistaken = [{ ...dev, repository: { ...dev.repository, id: 1 } }, ...others];
    const { failed } = await run({ of: mistaken });
    expect(failed).toEqual([expect.stringContaining('in dev set `repository:')]);
  });
});

describe('check-github with a failed request', () => {
  const elsewhere = environments.map((one) => ({ ...one, repository: { ...one.repository, name: 'centflow/other' } }));

  test('stops with an error if the repository does not exist', async () => {
    const { error, code } = await run({ of: elsewhere });
    expect(String(error)).toMatch(/did not let us read the settings in centflow\/other: 404 Not Found/);
    expect(String(error)).toMatch(/What to do: check `repository\.name` in infra\/src\/environments\.ts/);
    expect(code).toBe(EXIT.failed);
  });

  test('stops with an error if the token is not valid', async () => {
    const { error } = await run({ token: 'expired' });
    expect(String(error)).toMatch(/401 Bad credentials.*What to do: set GITHUB_TOKEN to a valid token/s);
  });

  test('stops with an error if the token may not read variables', async () => {
    const { error } = await run({ token: standIn.tokenFor({ contents: 'read', actions: 'read' }) });
    expect(String(error)).toMatch(/403 .* to GET \/repos\/centflow\/centflow\/actions\/variables/);
    expect(String(error)).toMatch(/use the token of an administrator.*Environments and Variables: read/);
    expect(String(error)).not.toMatch(/in a workflow/);
  });
});

test('the command `check-github` reads the repository from the environments and the token from GITHUB_TOKEN', async () => {
  vi.stubEnv('GITHUB_API_URL', standIn.apiUrl);
  vi.stubEnv('GITHUB_TOKEN', standIn.personalToken('ada'));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await deliver(async () => {}).parseAsync(['check-github'], { from: 'user' });
    expect(log).toHaveBeenLastCalledWith('GitHub has all settings that the workflows need.');
    settings.environments.delete('dev');
    await expect(deliver(async () => {}).parseAsync(['check-github'], { from: 'user' })).rejects.toThrow(
      /1 check failed/,
    );
  } finally {
    log.mockRestore();
    vi.unstubAllEnvs();
  }
});
