import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GitHubStandIn, type Permissions, startGitHubStandIn } from '../testing/github-stand-in.ts';
import { Connection } from './connection.ts';
import { GitHub, GitHubError } from './github.ts';

const REPOSITORY = 'example/centflow';
let standIn: GitHubStandIn;

beforeEach(async () => {
  standIn = await startGitHubStandIn({ repository: REPOSITORY });
});
afterEach(() => standIn.stop());

const envWith = (token: string) => ({
  GITHUB_API_URL: standIn.apiUrl,
  GITHUB_REPOSITORY: REPOSITORY,
  GITHUB_TOKEN: token,
});

/**
 * Returns a client with the token of a job that has these permissions. The client waits 1 ms before the first retry.
 */
function gitHubWith(permissions: Permissions): GitHub {
  return new GitHub(Connection.fromEnvironment(envWith(standIn.tokenFor(permissions)), 1));
}

describe('GitHub.fromEnvironment', () => {
  const complete = { GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: 'secret' };

  test.each(['GITHUB_REPOSITORY', 'GITHUB_TOKEN'] as const)(
    'throws an error that names %s if it is missing',
    (name) => {
      const env = { ...complete, [name]: undefined };
      expect(() => GitHub.fromEnvironment(env)).toThrow(new RegExp(`^${name} is missing\n {2}What to do: set it`));
      expect(() => GitHub.fromEnvironment({ ...complete, [name]: '' })).toThrow(GitHubError);
    },
  );

  test('throws an error without the token if the address or repository is not valid', () => {
    const wrong = { ...complete, GITHUB_REPOSITORY: 'centflow' };
    expect(() => GitHub.fromEnvironment(wrong)).toThrow(/GITHUB_REPOSITORY .*"centflow"/);
    expect(() => GitHub.fromEnvironment({ ...complete, GITHUB_API_URL: 'here' })).toThrow(/GITHUB_API_URL .*"here"/);
  });
});

describe('pullRequestOf', () => {
  test('returns the pull request whose merge created the commit, with the reviewed head', async () => {
    const { number } = standIn.state.openPullRequest({ title: 'Add a feed', branch: 'feed', head: 'aaa' });
    standIn.state.mergePullRequest(number, 'merge');
    const found = await gitHubWith({ 'pull-requests': 'read' }).pullRequestOf('merge');
    expect(found).toEqual({ number, head: 'aaa', title: 'Add a feed' });
  });

  test('returns undefined for an open or stacked pull request, and for a commit inside a merged branch', async () => {
    standIn.state.openPullRequest({ title: 'Open', branch: 'open', head: 'aaa' });
    const elsewhere = standIn.state.openPullRequest({ title: 'Stacked', branch: 'b', head: 'bbb', base: 'open' });
    standIn.state.mergePullRequest(elsewhere.number, 'stacked-merge');
    const merged = standIn.state.openPullRequest({ title: 'Merged', branch: 'c', head: 'ccc' });
    standIn.state.mergePullRequest(merged.number, 'merge');

    const gitHub = gitHubWith({ 'pull-requests': 'read' });
    for (const commit of ['aaa', 'stacked-merge', 'ccc', 'pushed-directly']) {
      expect(await gitHub.pullRequestOf(commit), commit).toBeUndefined();
    }
  });

  test('finds a pull request beyond the first page', async () => {
    for (let each = 0; each < 130; each += 1) {
      standIn.state.openPullRequest({ title: `Open ${each}`, branch: `b${each}`, head: 'shared' });
    }
    const last = standIn.state.openPullRequest({ title: 'Merged', branch: 'last', head: 'shared' });
    standIn.state.mergePullRequest(last.number, 'shared');
    expect(await gitHubWith({ 'pull-requests': 'read' }).pullRequestOf('shared')).toMatchObject({ number: 131 });
  });
});

describe('a comment on a pull request', () => {
  let number: number;
  beforeEach(() => {
    number = standIn.state.openPullRequest({ title: 'Add an alarm', branch: 'alarm', head: 'aaa' }).number;
  });
  const bodies = () => standIn.state.commentsOf(number).map(({ author, body }) => `${author}: ${body}`);

  test('is created once per marker, then updated', async () => {
    const gitHub = gitHubWith({ 'pull-requests': 'write' });
    await gitHub.comment(number, 'plan', 'first');
    await gitHub.comment(number, 'other', 'beside');
    await gitHub.comment(number, 'plan', 'second');
    expect(bodies()).toEqual([
      'github-actions[bot]: <!-- centflow: plan -->\nsecond',
      'github-actions[bot]: <!-- centflow: other -->\nbeside',
    ]);
  });

  test('is not updated if its text is the same', async () => {
    const gitHub = gitHubWith({ 'pull-requests': 'write' });
    await gitHub.comment(number, 'plan', 'same');
    await gitHub.comment(number, 'plan', 'same');
    expect(standIn.requests.filter((asked) => asked.startsWith('PATCH'))).toEqual([]);
  });

  test('is never updated if a person or another bot wrote it, even with the same marker', async () => {
    standIn.state.addComment(number, 'mallory', '<!-- centflow: plan -->\nall is well');
    standIn.state.addComment(number, 'other[bot]', '<!-- centflow: plan -->\nme too');
    standIn.state.addComment(number, 'github-actions[bot]', 'quotes <!-- centflow: plan -->');
    await gitHubWith({ 'pull-requests': 'write' }).comment(number, 'plan', 'the plan');
    expect(bodies()).toEqual([
      'mallory: <!-- centflow: plan -->\nall is well',
      'other[bot]: <!-- centflow: plan -->\nme too',
      'github-actions[bot]: quotes <!-- centflow: plan -->',
      'github-actions[bot]: <!-- centflow: plan -->\nthe plan',
    ]);
  });

  test('is updated if the token belongs to its author', async () => {
    const gitHub = new GitHub(Connection.fromEnvironment(envWith(standIn.personalToken('ada')), 1));
    await gitHub.comment(number, 'plan', 'first');
    await gitHub.comment(number, 'plan', 'second');
    expect(bodies()).toEqual(['ada: <!-- centflow: plan -->\nsecond']);
  });

  test('is found beyond the first page of comments', async () => {
    for (let each = 0; each < 150; each += 1) standIn.state.addComment(number, 'ada', `${each}`);
    const gitHub = gitHubWith({ 'pull-requests': 'write' });
    await gitHub.comment(number, 'plan', 'first');
    await gitHub.comment(number, 'plan', 'second');
    expect(standIn.state.commentsOf(number)).toHaveLength(151);
  });

  test('is cut and gets a note if it is too long for GitHub', async () => {
    await gitHubWith({ 'pull-requests': 'write' }).comment(number, 'plan', 'a line of a plan\n'.repeat(10_000));
    const [written] = standIn.state.commentsOf(number);
    expect(written?.body.length).toBeLessThanOrEqual(65_536);
    expect(written?.body).toMatch(/a line of a plan\n\n> \[!NOTE\]\n> Cut here/);
  });
});

test('approvals returns the approvals of the workflow run without its rejections', async () => {
  standIn.state.startRun('41');
  standIn.state.review('41', { environment: 'production-approval', user: 'ada', state: 'approved' });
  standIn.state.review('41', { environment: 'production-approval', user: 'bob', state: 'rejected' });
  const gitHub = gitHubWith({ actions: 'read' });
  expect(await gitHub.approvals('41')).toEqual([{ environment: 'production-approval', user: 'ada' }]);
  await expect(gitHub.approvals('42')).rejects.toThrow(/did not let us read the approvals of run 42 .*404/);
});

describe('keepIssue', () => {
  test('opens, updates and closes an issue, then opens a new one', async () => {
    const gitHub = gitHubWith({ issues: 'write' });
    const first = await gitHub.keepIssue('drift-dev', 'dev has drifted', 'one resource');
    expect(await gitHub.keepIssue('drift-dev', 'dev has drifted', 'two resources')).toBe(first);
    expect(standIn.state.issues).toMatchObject([{ number: first, body: 'two resources', state: 'open' }]);
    expect(await gitHub.keepIssue('drift-dev', 'dev has drifted', undefined)).toBe(first);
    expect(standIn.state.issues).toMatchObject([{ state: 'closed' }]);
    expect(await gitHub.keepIssue('drift-dev', 'dev has drifted', 'again')).not.toBe(first);
  });

  test('opens no issue without a body', async () => {
    const gitHub = gitHubWith({ issues: 'write' });
    expect(await gitHub.keepIssue('drift-dev', 'dev has drifted', undefined)).toBeUndefined();
    expect(standIn.state.issues).toEqual([]);
  });

  test('updates the oldest issue of a label, and closes a second issue that another run opened', async () => {
    const labels = ['drift-dev'];
    standIn.state.openIssue({ author: 'github-actions[bot]', title: 'one', body: '', labels });
    standIn.state.openIssue({ author: 'github-actions[bot]', title: 'two', body: '', labels });
    standIn.state.openIssue({ author: 'ada', title: 'another matter', body: '', labels: ['drift-staging'] });
    await gitHubWith({ issues: 'write' }).keepIssue('drift-dev', 'dev has drifted', 'text');
    expect(standIn.state.issues.map(({ title, state }) => `${title}: ${state}`)).toEqual([
      'dev has drifted: open',
      'two: closed',
      'another matter: open',
    ]);
  });
});

describe('publishRelease', () => {
  let folder: string;
  const permissions: Permissions = { contents: 'write' };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'github-release-'));
    await writeFile(join(folder, 'release.zip'), 'the artifacts');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const release = () => ({
    tag: 'v12',
    commit: 'aaa',
    notes: 'What is new',
    assets: [{ name: 'release.zip', path: join(folder, 'release.zip') }],
  });

  test('publishes the tag on its commit, the notes and the artifacts', async () => {
    const page = await gitHubWith(permissions).publishRelease(release());
    expect(page).toBe('https://github.com/example/centflow/releases/tag/v12');
    expect(standIn.state.tags.get('v12')).toBe('aaa');
    expect(standIn.state.releaseOf('v12')).toMatchObject({
      notes: 'What is new',
      assets: [{ name: 'release.zip', bytes: Buffer.from('the artifacts') }],
    });
  });

  test('keeps the release a draft until its artifacts are uploaded', async () => {
    const path = '/assets';
    const trouble = { method: 'POST', path, status: 422, message: 'no' };
    standIn.failNext(trouble);
    await expect(gitHubWith(permissions).publishRelease(release())).rejects.toThrow(/publish the release v12.*422 no/);
    expect(standIn.state.releases).toMatchObject([{ draft: true, assets: [] }]);
    await gitHubWith(permissions).publishRelease(release());
    expect(standIn.state.releases).toMatchObject([{ draft: false, assets: [{ name: 'release.zip' }] }]);
  });

  test('publishes one release if called twice', async () => {
    await gitHubWith(permissions).publishRelease(release());
    const before = standIn.requests.length;
    await gitHubWith(permissions).publishRelease(release());
    expect(standIn.requests.slice(before).filter((asked) => !asked.startsWith('GET'))).toEqual([]);
    expect(standIn.state.releases).toHaveLength(1);
  });

  test('refuses a tag on another commit, and artifacts that differ from the published ones', async () => {
    await gitHubWith(permissions).publishRelease(release());
    const other = gitHubWith(permissions).publishRelease({ ...release(), commit: 'bbb' });
    await expect(other).rejects.toThrow(/tag v12 .* is on aaa, .* built from bbb\n {2}What to do/);
    await writeFile(join(folder, 'release.zip'), 'something else');
    await expect(gitHubWith(permissions).publishRelease(release())).rejects.toThrow(
      /published with another release.zip/,
    );
    expect(standIn.state.releaseOf('v12')?.assets[0]?.bytes.toString()).toBe('the artifacts');
  });
});

describe('retries of the GitHub client', () => {
  test.each([
    ['a server error', { status: 502 }],
    [
      'a secondary rate limit',
      { status: 403, message: 'You have exceeded a secondary rate limit', headers: { 'retry-after': '0' } },
    ],
    ['too many requests', { status: 429, headers: { 'retry-after': '0' } }],
  ])('succeed after %s', async (_, trouble) => {
    standIn.failNext({ method: 'POST', path: '/issues', ...trouble });
    expect(await gitHubWith({ issues: 'write' }).keepIssue('drift-dev', 'drift', 'text')).toBe(1);
  });

  test('do not repeat a request that took effect although its response was lost', async () => {
    const { number } = standIn.state.openPullRequest({ title: 'Add', branch: 'add', head: 'aaa' });
    for (const path of ['/comments', '/issues'])
      standIn.failNext({ method: 'POST', path, status: 502, afterwards: true });
    const gitHub = gitHubWith({ issues: 'write', 'pull-requests': 'write' });
    await gitHub.comment(number, 'plan', 'once');
    await gitHub.keepIssue('drift-dev', 'drift', 'once');
    expect(standIn.state.comments).toHaveLength(1);
    expect(standIn.state.issues).toHaveLength(1);
  });

  test('end after five attempts with an error that states the remedy', async () => {
    for (let each = 0; each < 10; each += 1) standIn.failNext({ method: 'GET', path: '/issues', status: 503 });
    const failing = gitHubWith({ issues: 'write' }).keepIssue('drift-dev', 'drift', 'text');
    await expect(failing).rejects.toThrow(/503 Server Error to GET .*\n {2}What to do: check githubstatus\.com/);
    expect(standIn.requests).toHaveLength(5);
  });

  test('are not attempted if GitHub requires a pause of an hour', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600) };
    standIn.failNext({ method: 'GET', path: '/issues', status: 403, message: 'API rate limit exceeded', headers });
    const failing = gitHubWith({ issues: 'write' }).keepIssue('drift-dev', 'drift', 'text');
    await expect(failing).rejects.toThrow(/What to do: wait (59|60|61) min/);
    expect(standIn.requests).toHaveLength(1);
  });

  test('are not attempted after an invalid token or a missing permission', async () => {
    await expect(gitHubWith({ issues: 'read' }).keepIssue('drift-dev', 'drift', 'text')).rejects.toThrow(
      /403 Resource not accessible by integration to POST .*\n {2}What to do: .*`issues: write`/,
    );
    const unknown = new GitHub(Connection.fromEnvironment(envWith('ghs_expired'), 1));
    await expect(unknown.pullRequestOf('aaa')).rejects.toThrow(
      /401 Bad credentials .*\n {2}What to do: .*github\.token/,
    );
  });

  test('end with an error that names the unreachable address', async () => {
    await standIn.stop();
    const failing = gitHubWith({ issues: 'write' }).keepIssue('drift-dev', 'drift', 'text');
    await expect(failing).rejects.toThrow(/ECONNREFUSED.*\(no answer\)/);
  });
});
