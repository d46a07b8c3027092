/** Checks the deployed console: the pages, the access rules, the data that each person sees, and a complete upload. */
import assert from 'node:assert/strict';
import { securityHeaders } from '@centflow/console/security-headers';
import { waitFor } from '@centflow/local-processes/wait-for';
import { type Answer, sendRequest } from './browser.ts';
import type { DeployedConsole } from './deployed-console.ts';

/** Checks that CloudFront serves files by name, the same page for every other path, and the security headers. */
export async function pagesAreServed(console: DeployedConsole): Promise<void> {
  const [page, deep] = await Promise.all([console.page('/'), console.page('/uploads/17')]);
  assert.equal(page.status, 200);
  assert.match(page.text, /<!doctype html>/i);
  assert.equal(deep.text, page.text);
  assert.equal(page.headers['cache-control'], 'no-cache');
  assert.match(headerOf(page, 'content-security-policy'), /^default-src 'none'; script-src 'self';/);
  const { 'content-security-policy': _, ...others } = securityHeaders({ uploadsOrigin: '', authorityOrigins: [] });
  for (const [name, value] of Object.entries(others)) assert.equal(headerOf(page, name), value, name);
  assert.match(headerOf(page, 'strict-transport-security'), /max-age=63072000/);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1];
  assert.ok(script, 'The page contains no script');
  const file = await console.page(script);
  assert.equal(file.status, 200);
  assert.match(headerOf(file, 'content-type'), /^text\/javascript/);
  assert.match(headerOf(file, 'cache-control'), /immutable/);
  assert.equal((await console.page('/assets/none.js')).status, 403);
}

/** Checks that the API requires a token that the user pool has signed, except for the public sign-in configuration. */
export async function strangersAreRefused(console: DeployedConsole): Promise<void> {
  const config = await console.api('/api/config');
  assert.equal(config.status, 200);
  assert.partialDeepStrictEqual(config.json, { environment: 'dev', signIn: { kind: 'oidc' } });
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const own = [encode({ alg: 'none' }), encode({ sub: 'x', 'custom:owner': 'ann', token_use: 'id' }), ''].join('.');
  for (const path of ['/api/session', '/api/uploads', '/api/operations/job-runs']) {
    for (const token of [undefined, 'x.y.z', own]) {
      assert.equal((await console.api(path, token === undefined ? {} : { token })).status, 401, path);
    }
  }
}

/** Checks that a person who is assigned no owner sees no uploads, and that an owner cannot access operations. */
export async function ownersAndOperatorsAreSeparate(console: DeployedConsole): Promise<void> {
  const nobody = await console.token({ email: 'nobody@example.com' });
  assert.equal((await console.api('/api/uploads', { token: nobody })).status, 403);
  const owner = await console.token({ email: 'gus@example.com', owner: 'gus' });
  assert.partialDeepStrictEqual(await console.api('/api/session', { token: owner }), {
    status: 200,
    json: { owner: 'gus', operator: false },
  });
  assert.equal((await console.api('/api/operations/job-runs', { token: owner })).status, 403);
}

/** Sends the same requests as the page to upload a file, waits until the upload is published, and removes the upload. */
export async function uploadThroughConsole(console: DeployedConsole): Promise<void> {
  const token = await console.token({ email: 'hal@example.com', owner: 'hal' });
  const post = (path: string, body: object) => console.api(path, { token, method: 'POST', body: JSON.stringify(body) });
  const csv =
    'date,merchant,category,account,amount,currency,description\n2025-03-04,Bakery,Food,Card,4.20,EUR,by the console\n';
  const sent = await post('/api/sends', {
    feed: 'expenses',
    name: 'march.csv',
    bytes: Buffer.byteLength(csv),
    contentType: 'text/csv',
  });
  assert.equal(sent.status, 200, JSON.stringify(sent.json));
  const { url, headers, objectKey } = sent.json as { url: string; headers: Record<string, string>; objectKey: string };
  assert.equal(objectKey, 'raw/expenses/owner=hal/march.csv');
  const signed = new URL(url);
  const put = (body: string) =>
    sendRequest(console.account, signed.host, `${signed.pathname}${signed.search}`, {
      method: 'PUT',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      body,
    });
  const done = await put(csv);
  assert.equal(done.status, 200, done.text);
  const versionId = headerOf(done, 'x-amz-version-id');

  const followed = new URLSearchParams({ objectKey, versionId });
  const published = await waitFor(async () => {
    const { json } = await console.api(`/api/uploads/of-version?${followed}`, { token });
    return json.stage === 'published' ? json : undefined;
  }, 60_000);
  assert.partialDeepStrictEqual(published, { upload: { objectKey, versionId, rowsPublished: 1 } });
  const { json: found } = await console.api('/api/transactions?q=Bakery', { token });
  assert.partialDeepStrictEqual(found, { transactions: [{ counterparty: 'Bakery', amount: '4.2000', objectKey }] });

  const removed = await post('/api/objects/remove', { objectKey, newestVersionId: versionId });
  assert.equal(removed.status, 200, JSON.stringify(removed.json));
  await waitFor(async () => {
    const { json } = await console.api('/api/transactions?q=Bakery', { token });
    return (json.transactions as unknown[]).length === 0 ? true : undefined;
  }, 60_000);
}

/** Checks that operators see the job runs, queues and alarms, but no transactions. */
export async function operatorsSeeTheFlow(console: DeployedConsole): Promise<void> {
  const token = await console.token({ email: 'ops@example.com', operator: true });
  const get = async (path: string) => {
    const { status, json } = await console.api(path, { token });
    assert.equal(status, 200, `${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const { runs } = (await get('/api/operations/job-runs')) as { runs: unknown[] };
  assert.ok(runs.length > 0, 'The console lists no job run');
  await get('/api/operations/dead-letters');
  await get('/api/operations/alarms');
  await get('/api/pipeline/uploads');
  assert.equal((await console.api('/api/transactions', { token })).status, 403);
}

function headerOf({ headers }: Answer, name: string): string {
  return String(headers[name] ?? '');
}
