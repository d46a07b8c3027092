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

describe('check-github passes', () => {
  test('for a public repository that is set up as documented, with one line for each check', async () => {
    const { lines, code } = await run();
    const [heading, ...checks] = lines;
    expect(heading).toBe('centflow/centflow (dev, staging, production):');
    expect(checks.filter((line) => !line.startsWith('✔ '))).toEqual([]);
    expect(checks).toContain('✔ infra/src/environments.ts has the name and the ids of centflow/centflow');
    expect(checks).toContain(
      '✔ the tokens of its workflows have the subject that the roles in AWS trust: repo:centflow@123456/centflow@456789:environment:…',
    );
    for (const name of ['dev', 'staging', 'production', 'production-approval']) {
      expect(checks).toContain(`✔ environment ${name} exists`);
      expect(checks).toContain(`✔ environment ${name}: only workflows of main may use it`);
    }
    for (const name of ['dev-plan', 'staging-plan', 'production-plan']) {
      expect(checks).toContain(`✔ environment ${name}: workflows of any branch may use it`);
    }
    expect(checks).toContain('✔ environment production-approval: people must approve what uses it');
    expect(checks).toContain(
      '✔ environment staging-plan: AWS_ROLE is arn:aws:iam::444455556666:role/centflow-bootstrap-staging-plan',
    );
    expect(checks).toContain('✔ environment production: AWS_REGION is eu-west-1');
    expect(code).toBe(EXIT.ok);
  });

  test('if branch protection protects main instead of a ruleset', async () => {
    settings.pullRequests = 'protection';
    expect((await run()).failed).toEqual([]);
  });

  test('for an internal repository, which exists in Enterprise Cloud only', async () => {
    settings.visibility = 'internal';
    expect(await run()).toMatchObject({ failed: [], noted: [], code: EXIT.ok });
  });

  test('for a private repository of Enterprise Cloud that sets ATTEST_PRIVATE', async () => {
    Object.assign(settings, { visibility: 'private', plan: 'enterprise' });
    for (let each = 0; each < 40; each += 1) settings.variables.set(`OTHER_${each}`, '');
    settings.variables.set('ATTEST_PRIVATE', 'true');
    expect(await run()).toMatchObject({ failed: [], noted: [], code: EXIT.ok });
  });
});

describe('check-github passes with notes', () => {
  test.each(['team', 'pro'] as const)(
    'for a private repository with the plan %s, which lacks some features',
    async (plan) => {
      Object.assign(settings, { visibility: 'private', plan, ownerType: plan === 'pro' ? 'User' : 'Organization' });
      environment('production-approval').reviewers = [];
      const { noted, failed, code } = await run({ token: standIn.personalToken('centflow') });
      expect(failed).toEqual([]);
      expect(noted).toEqual([
        expect.stringContaining(`the plan (${plan}) is below Enterprise Cloud: nobody can be asked for an approval`),
        expect.stringContaining('releases are published without an attestation'),
        expect.stringContaining('the plan has no required reviewers: what needs an approval ends with exit code 10'),
      ]);
      expect(code).toBe(EXIT.ok);
    },
  );

  test('for a private repository whose plan the token cannot read', async () => {
    Object.assign(settings, { visibility: 'private', showsPlan: false });
    settings.plan = 'enterprise';
    const { noted, code } = await run();
    expect(noted).toEqual([
      expect.stringContaining('GitHub shows the plan to owners only'),
      expect.stringContaining('on Enterprise Cloud run `gh variable set ATTEST_PRIVATE'),
    ]);
    expect(code).toBe(EXIT.ok);
  });
});

describe('check-github fails', () => {
  test.each<[why: string, change: () => unknown, failure: RegExp, remedy: RegExp]>([
    [
      'if the repository has another id, as a repository of the same name that was created later',
      () => Object.assign(settings, { id: 456790 }),
      /environments\.ts has the name and the ids of centflow\/centflow/,
      /in dev, staging, production set `repository: \{ name: 'centflow\/centflow', ownerId: 123456, id: 456790 \}`/,
    ],
    [
      'if the owner has another id',
      () => Object.assign(settings, { ownerId: 7 }),
      /has the name and the ids/,
      /ownerId: 7, id: 456789/,
    ],
    [
      'if the repository was renamed',
      () => Object.assign(settings, { fullName: 'centflow/money' }),
      /has the name and the ids of centflow\/money/,
      /set `repository: \{ name: 'centflow\/money'/,
    ],
    [
      'if its tokens have subjects without ids',
      () => Object.assign(settings, { subject: 'names' }),
      /the subject that the roles in AWS trust/,
      /begins with repo:centflow\/centflow; run `gh api --method PUT repos\/centflow\/centflow\/actions\/oidc\/customization\/sub -F use_default=true -F use_immutable_subject=true`/,
    ],
    [
      'if a template defines the subjects of its tokens',
      () => Object.assign(settings, { subject: 'template' }),
      /the subject that the roles in AWS trust/,
      /a template of the repository makes their subject; run .* -F use_default=true/,
    ],
    [
      'if main is not the default branch',
      () => Object.assign(settings, { defaultBranch: 'trunk' }),
      /main is the default branch/,
      /now it is trunk; run `gh repo edit centflow\/centflow --default-branch main`/,
    ],
    [
      'if anybody may push to main',
      () => Object.assign(settings, { pullRequests: 'optional' }),
      /main changes by pull request only/,
      /add a ruleset for main that requires a pull request: https:\/\/github\.com\/centflow\/centflow\/settings\/rules/,
    ],
    [
      'if GitHub does not know the team that CODEOWNERS names',
      () => Object.assign(settings, { codeOwnersErrors: [{ line: 3, suggestion: 'make sure the team exists' }] }),
      /GitHub knows each owner that \.github\/CODEOWNERS names/,
      /Name people or teams with write access; GitHub says: line 3: make sure the team exists/,
    ],
    [
      'if main has no CODEOWNERS',
      () => Object.assign(settings, { codeOwnersErrors: null }),
      /GitHub knows each owner/,
      /GitHub says: main has no CODEOWNERS/,
    ],
    [
      'if issues are off',
      () => Object.assign(settings, { hasIssues: false }),
      /issues are on/,
      /gh repo edit centflow\/centflow --enable-issues/,
    ],
    [
      'if a private repository of Enterprise Cloud does not ask for attestations',
      () => Object.assign(settings, { visibility: 'private', plan: 'enterprise' }),
      /attests the provenance/,
      /gh variable set ATTEST_PRIVATE --repo centflow\/centflow --body true/,
    ],
    [
      'if a private repository asks for attestations that its plan does not have',
      () => {
        Object.assign(settings, { visibility: 'private', plan: 'team' });
        settings.variables.set('ATTEST_PRIVATE', 'true');
      },
      /attests the provenance/,
      /no release be published; run `gh variable delete ATTEST_PRIVATE/,
    ],
    [
      'if an environment that applies is missing',
      () => void settings.environments.delete('dev'),
      /environment dev exists/,
      /without rules.*`gh api --method PUT repos\/centflow\/centflow\/environments\/dev -F .*custom_branch_policies\]=true' && gh api --method POST repos\/centflow\/centflow\/environments\/dev\/deployment-branch-policies -f name=main`/,
    ],
    [
      'if an environment that plans is missing',
      () => void settings.environments.delete('staging-plan'),
      /environment staging-plan exists/,
      /gh api --method PUT repos\/centflow\/centflow\/environments\/staging-plan -F deployment_branch_policy=null`/,
    ],
    [
      'if the environment of the approvals is missing',
      () => void settings.environments.delete('production-approval'),
      /environment production-approval exists/,
      /environments\/production-approval\/deployment-branch-policies -f name=main/,
    ],
    [
      'if any branch may use an environment that applies, as GitHub creates it',
      () => Object.assign(environment('production'), { branches: 'any' }),
      /environment production: only workflows of main may use it/,
      /now any branches may; run `gh api --method PUT/,
    ],
    [
      'if every protected branch may use an environment that applies',
      () => Object.assign(environment('staging'), { branches: 'protected' }),
      /environment staging: only workflows of main may use it/,
      /now protected branches may/,
    ],
    [
      'if another branch may use an environment that applies',
      () =>
        Object.assign(environment('dev'), {
          branches: [
            { name: 'main', type: 'branch' },
            { name: 'release/*', type: 'branch' },
          ],
        }),
      /environment dev: only workflows of main may use it/,
      /now main, release\/\* may; select main alone: https:\/\/github\.com\/centflow\/centflow\/settings\/environments/,
    ],
    [
      'if a tag called main may use an environment that applies',
      () => Object.assign(environment('dev'), { branches: [{ name: 'main', type: 'tag' }] }),
      /environment dev: only workflows of main may use it/,
      /now the tag main may/,
    ],
    [
      'if any branch may use the environment of the approvals',
      () => Object.assign(environment('production-approval'), { branches: 'any' }),
      /environment production-approval: only workflows of main may use it/,
      /now any branches may/,
    ],
    [
      'if pull requests cannot use an environment that plans',
      () => Object.assign(environment('dev-plan'), { branches: [{ name: 'main', type: 'branch' }] }),
      /environment dev-plan: workflows of any branch may use it/,
      /now main may, so pull requests could not be planned/,
    ],
    [
      'if no person has to approve a deployment',
      () => Object.assign(environment('production-approval'), { reviewers: [] }),
      /environment production-approval: people must approve/,
      /add them under "Required reviewers": https:\/\/github\.com\/centflow\/centflow\/settings\/environments/,
    ],
    [
      'if a role is not set',
      () => void environment('dev-plan').variables.delete('AWS_ROLE'),
      /environment dev-plan: AWS_ROLE is arn:/,
      /now it is not set; run `gh variable set AWS_ROLE --env dev-plan --repo centflow\/centflow --body arn:aws:iam::111122223333:role\/centflow-bootstrap-dev-plan`/,
    ],
    [
      'if an environment that plans has the role that applies',
      () =>
        void environment('dev-plan').variables.set(
          'AWS_ROLE',
          'arn:aws:iam::111122223333:role/centflow-bootstrap-dev-apply',
        ),
      /environment dev-plan: AWS_ROLE is arn:\S+-dev-plan/,
      /now it is arn:\S+-dev-apply/,
    ],
    [
      'if the region is another one',
      () => void environment('production').variables.set('AWS_REGION', 'us-east-1'),
      /environment production: AWS_REGION is eu-west-1/,
      /now it is us-east-1/,
    ],
  ])('%s', async (_, change, failure, remedy) => {
    change();
    const { failed, error, code } = await run();
    expect(failed).toEqual([expect.stringMatching(failure)]);
    expect(failed[0]).toMatch(/\n {4}What to do: /);
    expect(failed[0]).toMatch(remedy);
    expect(String(error)).toMatch(/^GitHubSetupError: 1 check failed\..*before `npm run infra -- bootstrap`/);
    expect(code).toBe(EXIT.gitHubSetup);
  });

  test('if the repository is private and its plan is Free, which does not support rules', async () => {
    Object.assign(settings, { visibility: 'private', plan: 'free' });
    const { failed, code } = await run();
    expect(failed).toEqual([
      expect.stringMatching(/main changes by pull request only/),
      expect.stringMatching(/GitHub ignores every rule of an environment: make it public, or take GitHub Team or Pro/),
    ]);
    expect(code).toBe(EXIT.gitHubSetup);
  });

  test('for a new repository, and lists everything that is missing', async () => {
    settings.environments.clear();
    settings.pullRequests = 'optional';
    const { failed, error } = await run();
    expect(failed).toHaveLength(8);
    expect(String(error)).toMatch(/8 checks failed/);
  });

  test('for one environment if only its ids are wrong', async () => {
    const [dev, ...others] = environments;
    if (dev === undefined) throw new Error('there is no environment');
    const mistaken = [{ ...dev, repository: { ...dev.repository, id: 1 } }, ...others];
    const { failed } = await run({ of: mistaken });
    expect(failed).toEqual([expect.stringContaining('in dev set `repository:')]);
  });
});

describe('check-github stops with an error', () => {
  const elsewhere = environments.map((one) => ({ ...one, repository: { ...one.repository, name: 'centflow/other' } }));

  test('for a repository that does not exist', async () => {
    const { error, code } = await run({ of: elsewhere });
    expect(String(error)).toMatch(/did not let us read the settings in centflow\/other: 404 Not Found/);
    expect(String(error)).toMatch(/What to do: check `repository\.name` in infra\/src\/environments\.ts/);
    expect(code).toBe(EXIT.failed);
  });

  test('with an invalid token', async () => {
    const { error } = await run({ token: 'expired' });
    expect(String(error)).toMatch(/401 Bad credentials.*What to do: give it a token that is valid/s);
  });

  test('with a token that may not read variables', async () => {
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
