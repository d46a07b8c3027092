import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GitHub } from '../src/github/github.ts';
import { type GitHubStandIn, type Permissions, startGitHubStandIn } from '../src/testing/github-stand-in.ts';
import { jobPermissions } from '../src/workflows.ts';

let standIn: GitHubStandIn;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'permissions-'));
  await writeFile(join(folder, 'release.json'), '{}');
  standIn = await startGitHubStandIn({ repository: 'example/centflow' });
  standIn.state.openPullRequest({ title: 'Add an alarm', branch: 'alarm', head: 'aaa' });
  standIn.state.mergePullRequest(1, 'merge');
  standIn.state.startRun('41');
});
afterEach(async () => {
  await standIn.stop();
  await rm(folder, { recursive: true });
});

const gitHubWith = (permissions: Permissions) =>
  GitHub.fromEnvironment({
    GITHUB_API_URL: standIn.apiUrl,
    GITHUB_REPOSITORY: standIn.repository,
    GITHUB_TOKEN: standIn.tokenFor(permissions),
  });

/** The permissions that only the checkout and the AWS sign-in need. The requests in these tests do not need them. */
const besides = ['contents: read', 'id-token: write'];

describe.each<[workflow: string, job: string, asks: (gitHub: GitHub) => Promise<unknown>]>([
  ['plan', 'comment', (gitHub) => gitHub.comment(1, 'plan', 'the plan')],
  ['deploy', 'assess', (gitHub) => gitHub.pullRequestOf('merge')],
  [
    'deploy-environment',
    'deploy',
    async (gitHub) => [await gitHub.pullRequestOf('merge'), await gitHub.approvals('41')],
  ],
  ['rollback', 'rollback', (gitHub) => gitHub.approvals('41')],
  ['drift', 'drift', (gitHub) => gitHub.keepIssue('drift-dev', 'dev has drifted', 'text')],
  [
    'deploy',
    'publish',
    (gitHub) =>
      gitHub.publishRelease({
        tag: 'v1',
        commit: 'merge',
        notes: '',
        assets: [{ name: 'release.json', path: join(folder, 'release.json') }],
      }),
  ],
])('the permissions of the job %s / %s', (workflow, job, asks) => {
  const permissions = jobPermissions(workflow, job);

  test('the permissions of the job allow every GitHub request that the job sends', async () => {
    await asks(gitHubWith(permissions));
  });

  test('the permissions of the job contain no permission that the job does not need', async () => {
    const needed = Object.entries(permissions).filter(([scope, level]) => !besides.includes(`${scope}: ${level}`));
    expect(needed).not.toEqual([]);
    for (const [scope, level] of needed) {
      const { [scope]: _, ...others } = permissions;
      const less: Permissions = level === 'write' ? { ...others, [scope]: 'read' } : others;
      await expect(asks(gitHubWith(less)), `without ${scope}: ${level}`).rejects.toThrow(
        /403 .*use a token with the permission/s,
      );
    }
  });
});
