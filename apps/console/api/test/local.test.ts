/** Tests the local server: files of the web app, sign-in with one click, and restarts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../local/server.ts';
import { PROBE_OWNER } from '../probe-owner.ts';
import { call } from './call.ts';
import { endow, startWorld, type World } from './world.ts';

let folder: string;
let web: string;
let world: World;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-console-web-'));
  web = join(folder, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Centflow</title>');
  await writeFile(join(web, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'outside');
  world = await startWorld(web);
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string) => fetch(`${world.url}${path}`);

describe('the web app', () => {
  test.each(['/', '/uploads', '/dashboards/cash-flow?from=2025-01'])('returns the same page at %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toContain('<title>Centflow</title>');
  });

  test('has a content security policy and the other security headers', async () => {
    const { headers } = await get('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ${world.config.AWS_ENDPOINT_URL};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('lets browsers cache hashed files forever, but not responses for missing files', async () => {
    const script = await get('/assets/index-abc123.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    const missing = await get('/assets/index-gone.js');
    expect(missing.status).toBe(404);
    expect(missing.headers.get('cache-control')).toBe('no-cache');
    await missing.text();
  });

  test.each(['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..%5csecret.txt'])(
    'does not serve files outside its folder at %s',
    async (path) => {
      const answer = await get(path);
      expect(await answer.text()).not.toContain('outside');
    },
  );

  test('does not return the page for unknown addresses of the API', async () => {
    const answer = await get('/api/nothing');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });
});

test('listLocalParts shows operators the parts of the stack', async () => {
  const operator = await world.token({ 'cognito:groups': ['operators'] });
  const { status, body } = await call(world, 'listLocalParts', operator);
  expect(status).toBe(200);
  // The list also contains MySQL if the stack runs its own server.
  expect(body.parts).toContainEqual({ name: 'the AWS emulator', state: 'ready', restarts: 0, lastTrouble: null });
});

describe('local sign-in', () => {
  test('offers every owner who has uploads, and a new owner', async () => {
    for (const owner of ['ann', PROBE_OWNER]) await endow(world, owner);
    const { body } = await call(world, 'listLocalOwners', undefined);
    expect(body.owners).toEqual([
      { owner: 'me', uploads: 0 },
      { owner: 'ann', uploads: 2 },
    ]);
  });

  test('signs in owners and operators with one click', async () => {
    for (const operator of [true, false]) {
      const { body } = await call(world, 'signInLocally', undefined, { json: { owner: 'ann', operator } });
      expect((await call(world, 'getSession', body.token)).body).toMatchObject({ owner: 'ann', operator });
      expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now());
    }
    expect((await call(world, 'signInLocally', undefined, { json: { owner: '../bob' } })).status).toBe(400);
  });

  test('stays valid after a restart, with a key that only its file owner can read', async () => {
    const { body } = await call(world, 'signInLocally', undefined, { json: { owner: 'ann' } });
    const again = await startServer(world.config);
    expect((await call(again, 'getSession', body.token)).status).toBe(200);
    await again.close();
    const { mode } = await stat(join(world.config.DATA_FOLDER, 'console-key'));
    expect(mode & 0o077).toBe(0);
  });
});

describe('the process of main.ts', () => {
  const start = (env: Record<string, string>) =>
    spawn(process.execPath, [join(import.meta.dirname, '..', 'local', 'main.ts')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...env },
    });
  const variables = () =>
    Object.fromEntries(Object.entries(world.config).map(([name, value]) => [name, String(value)]));

  test('prints its address and exits at the end of standard input', async () => {
    const child = start(variables());
    const ended = once(child, 'exit');
    const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
    const { url } = JSON.parse(value);
    expect((await fetch(`${url}/api/config`)).status).toBe(200);
    child.stdin.end();
    expect((await ended)[0]).toBe(0);
  });

  test('exits on SIGTERM', async () => {
    const child = start(variables());
    const ended = once(child, 'exit');
    await createInterface(child.stdout)[Symbol.asyncIterator]().next();
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  test('does not start without its environment variables and lists the missing ones', async () => {
    const child = start({ PORT: '0' });
    const written: Buffer[] = [];
    child.stderr.on('data', (text: Buffer) => written.push(text));
    const [code] = await once(child, 'close');
    expect(code).not.toBe(0);
    expect(Buffer.concat(written).toString()).toMatch(/DATA_FOLDER.*UPLOADS_BUCKET.*DATABASE_URL/);
  });
});
