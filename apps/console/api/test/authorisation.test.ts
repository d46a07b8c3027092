/** Tests every route with every kind of token, and every way to request another owner's data. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, access } from '../access.ts';
import { type RouteName, routes } from '../contract/api.ts';
import { addressOf } from '../contract/request.ts';
import { type Answer, type Ask, call } from './call.ts';
import { createFlow } from './flow.ts';
import { mapping, requestsOf } from './requests.ts';
import { auditFileOf, type Belongings, endow, put, startWorld, type World } from './world.ts';

const names = Object.keys(routes) as RouteName[];
let world: World;
let ann: Belongings;
let bob: Belongings;

beforeAll(async () => {
  world = await startWorld();
  await createFlow(world);
  [ann, bob] = [await endow(world, 'ann'), await endow(world, 'bob')];
});
afterAll(() => world?.[Symbol.asyncDispose]());

/** Every kind of token, with the access levels whose routes the token may call. */
const tokens: Readonly<
  Record<string, { readonly make: () => Promise<string | undefined>; readonly may: readonly Access[] }>
> = {
  'no token': { make: async () => undefined, may: ['public'] },
  'an invalid token': { make: async () => 'a.b.c', may: ['public'] },
  'an expired token': { make: () => world.token({ 'custom:owner': 'ann', exp: 1_700_000_000 }), may: ['public'] },
  'a token that never expires': { make: () => world.token({ 'custom:owner': 'ann', exp: undefined }), may: ['public'] },
  'a token signed by somebody else': {
    make: () => world.token({ 'custom:owner': 'ann' }, new Uint8Array(32)),
    may: ['public'],
  },
  'an unsigned token': { make: async () => unsigned(await world.tokenOf('ann')), may: ['public'] },
  'a token for another audience': { make: () => world.token({ 'custom:owner': 'ann', aud: 'other' }), may: ['public'] },
  'a token of another issuer': { make: () => world.token({ 'custom:owner': 'ann', iss: 'other' }), may: ['public'] },
  'an access token': { make: () => world.token({ 'custom:owner': 'ann', token_use: 'access' }), may: ['public'] },
  'a token without owner and groups': { make: () => world.token({}), may: ['public'] },
  'a token with an owner name that cannot be a folder': {
    make: () => world.token({ 'custom:owner': 'ann/../bob' }),
    may: ['public'],
  },
  'an owner’s token': { make: () => world.tokenOf('ann'), may: ['public', 'person', 'owner'] },
  'another owner’s token': { make: () => world.tokenOf('bob'), may: ['public', 'person', 'owner'] },
  'a token whose group only resembles the operators': {
    make: () => world.token({ 'custom:owner': 'ann', 'cognito:groups': '[operators-of-tea not-operators]' }),
    may: ['public', 'person', 'owner'],
  },
  'an operator’s token': {
    make: () => world.token({ 'cognito:groups': ['operators'] }),
    may: ['public', 'person', 'operator'],
  },
  'an operator’s token as API Gateway writes lists': {
    make: () => world.token({ 'custom:owner': 'ann', 'cognito:groups': '[friends operators]' }),
    may: ['public', 'person', 'owner', 'operator'],
  },
};

/** Returns the current audit log. */
async function auditLines(): Promise<Record<string, unknown>[]> {
  const text = await readFile(auditFileOf(world), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const lastAuditLine = async () => (await auditLines()).at(-1);

function unsigned(token: string): string {
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
}

describe.each(Object.entries(tokens))('the API, for a request with token “%s”', (_, { make, may }) => {
  test.each(names)('gives access to %s only if the route allows this kind of token', async (name) => {
    const { status, headers } = await call(world, name, await make(), requestsOf(ann)[name]);
    if (may.includes(access[name])) {
      expect(status).not.toBe(401);
      expect(status).not.toBe(403);
    } else {
      expect([401, 403]).toContain(status);
      if (status === 401) expect(headers.get('www-authenticate')).toBe('Bearer');
    }
  });
});

describe('an owner who requests data of another owner', () => {
  /** Sends a request of Ann for Bob's data. */
  const ask = async (name: RouteName, request: Ask) => call(world, name, await world.tokenOf('ann'), request);
  const expectNothing = ({ status, text }: Answer) => {
    expect(status).toBe(404);
    expect(text).not.toContain(bob.secret);
  };

  test.each([
    'getUpload',
    'listQuarantinedRows',
    'getUploadOfVersion',
    'listVersions',
    'getContent',
    'listParts',
    'abortSend',
    'signParts',
    'completeSend',
  ] as const)('gets "not found" from %s', async (name) => {
    expectNothing(await ask(name, requestsOf(bob)[name]));
  });

  test('can neither remove nor restore an object', async () => {
    const [objectKey, newestVersionId] = [bob.objectKey, bob.versionId];
    expectNothing(await ask('removeObject', { json: { objectKey, newestVersionId } }));
    expectNothing(await ask('restoreVersion', { json: { objectKey, versionId: newestVersionId, newestVersionId } }));
    const { body } = await call(world, 'listVersions', await world.tokenOf('bob'), { query: { objectKey } });
    expect(body.versions).toHaveLength(1);
  });

  test('cannot restore another owner’s version over their own object', async () => {
    const { status } = await ask('restoreVersion', {
      json: { objectKey: ann.objectKey, versionId: bob.versionId, newestVersionId: ann.versionId },
    });
    expect(status).toBe(404);
  });

  test('cannot continue another owner’s multipart upload, even under their own key', async () => {
    const started = await call(world, 'startSend', await world.tokenOf('bob'), {
      json: { feed: 'expenses', name: 'large.csv', bytes: 9 * 2 ** 20, contentType: 'text/csv' },
    });
    const { multipartId } = started.body;
    const own = { objectKey: ann.objectKey, multipartId };
    expect((await ask('listParts', { query: own })).status).toBe(404);
    expect((await ask('completeSend', { json: { ...own, parts: [{ partNumber: 1, etag: '"a"' }] } })).status).toBe(404);
    expect((await ask('abortSend', { query: own })).status).toBe(404);
    const held = { objectKey: started.body.objectKey, multipartId };
    expect((await call(world, 'listParts', await world.tokenOf('bob'), { query: held })).status).toBe(200);
  });

  test('cannot list, overwrite or delete another owner’s template of the same name', async () => {
    const { json } = requestsOf(bob).putTemplate;
    const mine = { template: { name: bob.secret, mapping } };
    const request = { param: { templateId: 'shared-name' }, headers: { 'if-none-match': '*' } };
    const kept = await call(world, 'putTemplate', await world.tokenOf('bob'), { ...request, json: mine });
    expect(kept.status).toBe(200);
    expect((await ask('listTemplates', {})).text).not.toContain(bob.secret);
    const { etag } = kept.body;
    expect((await ask('deleteTemplate', { param: request.param, headers: { 'if-match': etag } })).status).toBe(404);
    expect((await ask('putTemplate', { param: request.param, json, headers: { 'if-match': etag } })).status).toBe(412);
    expect((await ask('putTemplate', { ...request, json })).status).toBe(200);
    const { body } = await call(world, 'listTemplates', await world.tokenOf('bob'));
    expect(body.templates).toContainEqual(
      expect.objectContaining({ templateId: 'shared-name', etag, template: mine.template }),
    );
  });

  test('gets only their own rows when they send another owner’s cursor', async () => {
    for (let each = 0; each < 2; each += 1) await put(world, `raw/expenses/owner=bob/extra-${each}.csv`, 'date\n');
    for (const name of ['listUploads', 'searchTransactions'] as const) {
      const { body } = await call(world, name, await world.tokenOf('bob'), { query: { limit: '1' } });
      expect(body.next).toBeDefined();
      const { status, text } = await ask(name, { query: { cursor: body.next } });
      expect(status).toBe(200);
      expect(text).not.toContain('owner=bob');
      expect(text).not.toContain(bob.secret);
    }
  });

  test('finds no data of another owner in any list or chart', async () => {
    for (const name of names) {
      if (access[name] !== 'owner' || routes[name].method !== 'get') continue;
      const { text } = await ask(name, requestsOf(ann)[name]);
      expect(text, name).not.toContain(bob.secret);
      expect(text, name).not.toContain('owner=bob');
    }
  });

  test.each([
    'raw/expenses/owner=ann/../owner=bob/bank.csv',
    'raw/expenses/owner=ann/../../expenses/owner=bob/bank.csv',
    'raw/expenses/owner=ann%2f..%2fowner=bob/bank.csv',
    'raw/expenses/owner=bob/bank.csv',
    'raw/expenses/owner%3Dbob/bank.csv',
    'raw//expenses/owner=bob/bank.csv',
    'raw/expenses/owner=Ann/bank.csv',
    'raw/expenses/owner=аnn/bank.csv',
    'raw/expenses/owner=ann',
    'raw/expenses/owner=ann/',
    'raw/expenses/owner=annabel/bank.csv',
    'raw/payments/owner=ann/bank.csv',
    'raw/owner=ann/bank.csv',
    'raw/expenses/bank.csv',
    'raw/expenses/owner=ann\u0000/bank.csv',
    'raw/expenses/ｏwner=ann/bank.csv',
  ])('cannot read a file with the key %s', async (objectKey) => {
    for (const name of ['listVersions', 'getContent'] as const) {
      expectNothing(
        await ask(name, { query: { objectKey, ...(name === 'getContent' ? { versionId: bob.versionId } : {}) } }),
      );
    }
    expectNothing(await ask('removeObject', { json: { objectKey, newestVersionId: bob.versionId } }));
    expectNothing(
      await ask('signParts', { json: { objectKey, multipartId: 'a', parts: [{ partNumber: 1, bytes: 1 }] } }),
    );
  });

  test.each(['templates/owner=bob/bank.json', '/raw/expenses/owner=ann/a.csv', '../raw/x', 'manifests/a.jsonl', ''])(
    'is refused for the key %j, which is not the key of an upload',
    async (objectKey) => {
      expect((await ask('getContent', { query: { objectKey, versionId: 'a' } })).status).toBe(400);
    },
  );

  test.each(['owner', 'custom:owner', 'Owner', 'user'])(
    'cannot select another owner with the parameter %s=bob',
    async (parameter) => {
      for (const name of names) {
        if (access[name] === 'public') continue;
        const request = requestsOf(ann)[name];
        const { status, body } = await ask(name, { ...request, query: { ...request.query, [parameter]: 'bob' } });
        expect(status, name).toBe(access[name] === 'operator' ? 403 : 400);
        expect(body.detail, name).toBeTypeOf('string');
        if (request.json === undefined || access[name] === 'operator') continue;
        const inBody = await ask(name, { ...request, json: { ...(request.json as object), [parameter]: 'bob' } });
        expect(inBody.status, name).toBe(400);
      }
    },
  );

  test.each([
    ['/api/uploads/%2e%2e/operations/job-runs', 'GET'],
    ['/api/%6fperations/job-runs', 'GET'],
    ['/api//operations/job-runs', 'GET'],
    ['/API/operations/job-runs', 'GET'],
    ['/api/operations/job-runs/', 'GET'],
    ['/api/operations%2fsweep', 'POST'],
  ])('cannot reach a route for operators through the address %s', async (path, method) => {
    const response = await fetch(`${world.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${await world.tokenOf('ann')}` },
    });
    expect([401, 403, 404, 405]).toContain(response.status);
  });

  test('cannot act as another person by sending headers', async () => {
    const { body } = await ask('getSession', {
      headers: {
        'x-owner': 'bob',
        'x-amzn-oidc-data': await world.tokenOf('bob'),
        cookie: `token=${await world.tokenOf('bob')}`,
      },
    });
    expect(body).toMatchObject({ owner: 'ann', operator: false });
  });
});

describe('text with half of a surrogate pair', () => {
  /** Returns two copies of the value for each string in it. Each copy has half of a surrogate pair in that string. */
  function spoiled(value: unknown): unknown[] {
    if (typeof value === 'string') return [`${value}\ud800`, `${value.slice(0, 1)}\udc00${value.slice(1)}`];
    if (Array.isArray(value)) {
      return value.flatMap((each, at) => spoiled(each).map((other) => value.with(at, other)));
    }
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, each]) =>
      spoiled(each).map((other) => ({ ...value, [key]: other }) as unknown),
    );
  }
  const token = () => world.token({ 'custom:owner': 'ann', 'cognito:groups': ['operators'] });

  test.each(names.filter((name) => 'body' in routes[name].request))('is refused in the body of %s', async (name) => {
    const request = requestsOf({ ...ann, objectKey: 'raw/expenses/owner=ann/gone.csv' })[name];
    for (const json of spoiled(request.json)) {
      const { status } = await call(world, name, await token(), { ...request, json });
      expect(status, JSON.stringify(json)).toBe(400);
    }
  });

  test('is refused in a cursor and in a drill', async () => {
    const cursor = Buffer.from(JSON.stringify({ feed: 'expenses', name: 'a\ud800' })).toString('base64url');
    expect((await call(world, 'listObjects', await token(), { query: { cursor } })).status).toBe(400);
    const request = { param: { visualId: 'spending-by-category' }, query: { drill: '{"category":"\\ud800"}' } };
    expect((await call(world, 'getVisual', await token(), request)).status).toBe(400);
  });
});

describe('a page of another website', () => {
  const change = (headers: Record<string, string>) =>
    world.tokenOf('ann').then((token) => call(world, 'startSend', token, { ...requestsOf(ann).startSend, headers }));

  test('cannot change anything, even with a valid token', async () => {
    expect((await change({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await change({ origin: 'null' })).status).toBe(403);
    expect((await change({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await change({ origin: world.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test('is recorded in the audit log with the person whose token the page used', async () => {
    const headers = { origin: 'https://evil.example' };
    const json = { objectKey: ann.objectKey, newestVersionId: ann.versionId };
    expect((await call(world, 'removeObject', await world.tokenOf('ann'), { json, headers })).status).toBe(403);
    await expect.poll(lastAuditLine).toMatchObject({
      ...{ action: 'removeObject', subject: 'test', owner: 'ann', status: 403 },
    });
    await call(world, 'signInLocally', undefined, { json: { owner: 'ann' }, headers });
    await expect.poll(lastAuditLine).toMatchObject({ action: 'signInLocally', subject: null, status: 403 });
  });

  test('cannot send a form instead of JSON', async () => {
    const { status } = await call(world, 'startSend', await world.tokenOf('ann'), {
      ...requestsOf(ann).startSend,
      headers: { 'content-type': 'text/plain' },
    });
    expect(status).toBe(415);
  });

  test('is refused if its host name resolves to this machine', async () => {
    const { request } = await import('node:http');
    const { port } = new URL(world.url);
    const status = await new Promise((answered) => {
      request({ port, path: '/api/local/owners', headers: { host: `evil.example:${port}` } }, (response) => {
        response.resume();
        answered(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test('gets no CORS permission', async () => {
    const response = await fetch(`${world.url}${addressOf('listUploads', {})}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the audit log', () => {
  test('records the person, the action and the result', async () => {
    const token = await world.tokenOf('ann');
    await call(world, 'getContent', token, requestsOf(ann).getContent);
    await call(world, 'getContent', token, requestsOf(bob).getContent);
    const [shown, refused] = (await auditLines()).filter(({ action }) => action === 'getContent').slice(-2);
    const target = { objectKey: ann.objectKey, versionId: ann.versionId };
    expect(shown).toMatchObject({ subject: 'test', owner: 'ann', target, status: 200 });
    expect(refused).toMatchObject({ subject: 'test', owner: 'ann', target: { objectKey: bob.objectKey }, status: 404 });
  });

  test('records who signed in with one click', async () => {
    const { body } = await call(world, 'signInLocally', undefined, { json: { owner: 'ann', operator: true } });
    await expect.poll(lastAuditLine).toMatchObject({
      ...{ action: 'signInLocally', subject: 'local-ann', owner: 'ann', status: 200 },
    });
    expect(await readFile(auditFileOf(world), 'utf8')).not.toContain(body.token);
    await call(world, 'signInLocally', undefined, { json: { owner: '../bob' } });
    await expect.poll(lastAuditLine).toMatchObject({ action: 'signInLocally', owner: null, status: 400 });
  });

  test('does not contain tokens, search words, amounts or rows', async () => {
    const token = await world.tokenOf('ann');
    // No time or duration in the log can equal this number.
    const amount = '7654321.98';
    await call(world, 'searchTransactions', token, { query: { q: 'my illness', min: amount } });
    await call(world, 'findOverlap', token, requestsOf(ann).findOverlap);
    const text = await readFile(auditFileOf(world), 'utf8');
    expect(text).toContain('searchTransactions');
    for (const hidden of [token, token.split('.')[2] ?? '', 'illness', amount, ann.secret, bob.secret, 'AAAAAAAA']) {
      expect(text).not.toContain(hidden);
    }
  });
});
