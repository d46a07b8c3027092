/** Tests sending, undoing, redoing and templates against an S3 emulator that checks signatures and conditions. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RouteName } from '../contract/api.ts';
import { OBJECT_BYTES_AT_MOST, PART_BYTES } from '../contract/sends.ts';
import { type StoredTemplate, TEMPLATES_AT_MOST } from '../contract/templates.ts';
import { type Ask, call } from './call.ts';
import { mapping } from './requests.ts';
import { put, startWorld, type World } from './world.ts';

let world: World;
let owners = 0;
let owner: string;
let token: string;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.[Symbol.asyncDispose]());
beforeEach(async () => {
  owners += 1;
  owner = `Zoë ${owners}`;
  token = await world.tokenOf(owner);
});

const ask = (name: RouteName, request: Ask = {}) => call(world, name, token, request);
const csv = 'date,merchant\n2025-01-01,Café\n';
const bytes = Buffer.byteLength(csv);
const file = { feed: 'expenses', name: 'bank 2025.csv', bytes, contentType: 'text/csv' };

/** Sends a request as a browser does: the body determines the content length. */
function putTo({ url, headers }: { url: string; headers: Record<string, string> }, body: string = csv, others = {}) {
  return fetch(url, { method: 'PUT', headers: { ...headers, ...others }, body });
}

async function send(request: object = {}, body = csv): Promise<{ objectKey: string; versionId: string }> {
  const signed = await ask('startSend', { json: { ...file, bytes: Buffer.byteLength(body), ...request } });
  expect(signed.status, signed.text).toBe(200);
  const answer = await putTo(signed.body, body);
  expect(answer.status).toBe(200);
  return { objectKey: signed.body.objectKey, versionId: answer.headers.get('x-amz-version-id') ?? '' };
}

const versionsOf = async (objectKey: string) => (await ask('listVersions', { query: { objectKey } })).body.versions;

describe('an upload through the API', () => {
  test('puts the file into the folder of the token’s owner, where the job expects it', async () => {
    const { objectKey, versionId } = await send();
    expect(objectKey).toBe(`raw/expenses/owner=${owner}/bank 2025.csv`);
    expect(await versionsOf(objectKey)).toMatchObject([{ versionId, bytes, isNewest: true, isDeleteMarker: false }]);
    expect((await ask('getUploadOfVersion', { query: { objectKey, versionId } })).body).toEqual({ stage: 'received' });
    const { body } = await ask('getContent', { query: { objectKey, versionId } });
    const content = await fetch(body.url);
    expect(await content.text()).toBe(csv);
    // The emulator ignores these parameters, but S3 applies them.
    const search = new URL(body.url).searchParams;
    expect(search.get('response-content-type')).toBe('application/octet-stream');
    expect(search.get('response-content-disposition')).toMatch(/^attachment;/);
  });

  test('cannot use a signed address with another size, type, key, method or condition', async () => {
    const { body } = await ask('startSend', { json: file });
    const signed = new URL(body.url).searchParams.get('X-Amz-SignedHeaders')?.split(';');
    expect(signed).toEqual(['content-length', 'content-type', 'host', 'if-none-match']);
    const withoutCondition = { ...body, headers: { 'content-type': 'text/csv' } };
    const elsewhere = (from: string, to: string) => ({
      ...body,
      url: body.url.replace(encodeURIComponent(from), encodeURIComponent(to)),
    });
    const tries = [
      putTo(body, `${csv}x`),
      putTo(body, ''),
      putTo(body, csv, { 'content-type': 'text/html' }),
      putTo(withoutCondition),
      putTo(elsewhere(owner, 'bob')),
      putTo(elsewhere('bank 2025.csv', 'other.csv')),
      putTo({ ...body, url: body.url.replace('X-Amz-Expires=900', 'X-Amz-Expires=90000') }),
      fetch(body.url),
      fetch(body.url, { method: 'DELETE', headers: body.headers }),
    ];
    for (const answer of await Promise.all(tries)) expect(answer.status).toBe(403);
    expect((await ask('listObjects')).body.objects).toEqual([]);
    expect((await putTo(body)).status).toBe(200);
  });

  test('does not overwrite existing files or files that arrive in the meantime', async () => {
    const [first, second] = await Promise.all([ask('startSend', { json: file }), ask('startSend', { json: file })]);
    expect((await putTo(first.body)).status).toBe(200);
    expect((await putTo(second.body)).status).toBe(412);
    const { status, body } = await ask('startSend', { json: file });
    expect(status).toBe(409);
    expect(body.detail).toBe(
      'You already have a file named “bank 2025.csv”. Replace that file, or choose another name.',
    );
  });

  test('replaces the version that the person saw, but no newer version', async () => {
    const { objectKey, versionId } = await send();
    const [here, there] = await Promise.all(
      [1, 2].map(() => ask('startSend', { json: { ...file, replaces: { versionId } } })),
    );
    expect((await putTo(here?.body)).status).toBe(200);
    // Sends different bytes each time. S3 compares only ETags, and equal bytes have equal ETags.
    const changed = await ask('startSend', { json: { ...file, replaces: { versionId } } });
    expect(changed.status).toBe(409);
    expect(changed.body.detail).toContain('changed in the meantime');
    await put(world, objectKey, 'something else');
    expect((await putTo(there?.body)).status).toBe(412);
    expect(await versionsOf(objectKey)).toHaveLength(3);
  });

  test('accepts a name again after its file was removed', async () => {
    const { objectKey, versionId } = await send();
    await ask('removeObject', { json: { objectKey, newestVersionId: versionId } });
    await send();
    expect(await versionsOf(objectKey)).toHaveLength(3);
  });

  test('replaces an object in a folder, but creates no folders', async () => {
    const objectKey = `raw/expenses/owner=${owner}/2025/may.csv`;
    const versionId = await put(world, objectKey, csv);
    const nested = { ...file, name: '2025/may.csv' };
    expect((await ask('startSend', { json: nested })).status).toBe(400);
    const { body } = await ask('startSend', { json: { ...nested, replaces: { versionId } } });
    expect(body.objectKey).toBe(objectKey);
    expect((await putTo(body, csv)).status).toBe(200);
  });

  test.each([
    ['../bob.csv', /slashes/],
    ['a/b.csv', /slashes/],
    ['a\\b.csv', /slashes/],
    ['..／owner=bob／b.csv', /slashes/],
    ['‥/b.csv', /slashes/],
    [' bank.csv', /space/],
    ['bank.xlsx', /\.csv/],
    ['bank.csv.exe', /\.csv/],
    ['bank.csv\u0000', /invisible characters/],
    ['a\u202Evsc.exe.csv', /invisible characters/],
    ['bank\n.csv', /invisible characters/],
    [`${'é'.repeat(190)}.csv`.repeat(1), undefined],
    [`${'漢'.repeat(196)}.csv`, undefined],
  ])('refuses the file name %j with a reason, or stores it safely', async (name, reason) => {
    const { status, body } = await ask('startSend', { json: { ...file, name } });
    if (reason === undefined) {
      expect(status).toBe(200);
      expect(body.objectKey).toBe(`raw/expenses/owner=${owner}/${name}`);
    } else {
      expect(status).toBe(400);
      expect(body.errors).toEqual([{ pointer: '/json/name', message: expect.stringMatching(reason) }]);
    }
  });

  test.each(['%2e%2e%2fb.csv', '..%2Fb.csv', "o'hara & söhne #1 50%+1 ?.csv", '=cmd|x.csv', 'ÄÖÜ漢字🎉.CSV'])(
    'stores the file name %j unchanged',
    async (name) => {
      const { objectKey, versionId } = await send({ name });
      expect(objectKey).toBe(`raw/expenses/owner=${owner}/${name}`);
      expect((await versionsOf(objectKey))[0].versionId).toBe(versionId);
      expect((await ask('listObjects')).body.objects).toMatchObject([
        { objectKey, name, feed: 'expenses', deleted: false },
      ]);
    },
  );

  test('requires the content type that matches the file name', async () => {
    expect((await ask('startSend', { json: { ...file, name: 'a.csv.gz' } })).body.detail).toContain('application/gzip');
    expect((await ask('startSend', { json: { ...file, contentType: 'text/html' } })).status).toBe(400);
  });

  test.each([0, -1, 1.5, OBJECT_BYTES_AT_MOST + 1, '10', null])('refuses a size of %s bytes', async (size) => {
    const { status, body } = await ask('startSend', { json: { ...file, bytes: size } });
    expect(status).toBe(400);
    expect(body.errors[0].pointer).toBe('/json/bytes');
  });
});

describe('a multipart upload through the API', () => {
  const large = { ...file, bytes: PART_BYTES + 3 };
  const [first, rest] = ['a'.repeat(PART_BYTES), 'end'];

  async function start(request = {}) {
    const { body } = await ask('startSend', { json: { ...large, ...request } });
    const { objectKey, multipartId } = body;
    const sign = async (...parts: [number, number][]) => {
      const named = parts.map(([partNumber, size]) => ({ partNumber, bytes: size }));
      return (await ask('signParts', { json: { objectKey, multipartId, parts: named } })).body.urls;
    };
    return { body, objectKey, multipartId, sign };
  }

  test('continues after an interruption', async () => {
    const { body, objectKey, multipartId, sign } = await start();
    expect(body).toMatchObject({ kind: 'multipart', partBytes: PART_BYTES, parts: 2 });
    const [one, two] = await sign([1, PART_BYTES], [2, 3]);
    const etag = (await putTo(one, first)).headers.get('etag');
    const held = await ask('listParts', { query: { objectKey, multipartId } });
    expect(held.body.parts).toEqual([{ partNumber: 1, etag, bytes: PART_BYTES }]);
    const last = (await putTo(two, rest)).headers.get('etag');
    const parts = [
      { partNumber: 2, etag: last },
      { partNumber: 1, etag },
    ];
    const done = await ask('completeSend', { json: { objectKey, multipartId, parts } });
    expect(done.status, done.text).toBe(200);
    expect(await versionsOf(objectKey)).toMatchObject([{ versionId: done.body.versionId, bytes: large.bytes }]);
  });

  test('does not accept a part with another size or number, or for another upload', async () => {
    const { sign } = await start();
    const [one] = await sign([1, 3]);
    const other = await start({ name: 'other.csv' });
    const tries = [
      putTo(one, 'four'),
      putTo({ ...one, url: one.url.replace('partNumber=1', 'partNumber=2') }, rest),
      putTo({ ...one, url: one.url.replace(/uploadId=[^&]+/, `uploadId=${other.multipartId}`) }, rest),
    ];
    for (const answer of await Promise.all(tries)) expect(answer.status).toBe(403);
    expect((await putTo(one, rest)).status).toBe(200);
  });

  test('completes if every part is stored, and otherwise reports missing parts', async () => {
    const { objectKey, multipartId } = await start();
    const wrong = { objectKey, multipartId, parts: [{ partNumber: 1, etag: '"0123"' }] };
    const { status, body } = await ask('completeSend', { json: wrong });
    expect(status).toBe(409);
    expect(body.detail).toContain('send the rest');
  });

  test('does not overwrite a file that arrived in the meantime', async () => {
    const { objectKey, multipartId, sign } = await start();
    const urls = await sign([1, PART_BYTES], [2, 3]);
    const sent = await Promise.all([putTo(urls[0], first), putTo(urls[1], rest)]);
    const parts = sent.map((answer, index) => ({ partNumber: index + 1, etag: answer.headers.get('etag') }));
    const versionId = await put(world, objectKey, csv);
    const done = await ask('completeSend', { json: { objectKey, multipartId, parts } });
    expect(done.status).toBe(409);
    const replaced = await ask('completeSend', { json: { objectKey, multipartId, parts, replaces: { versionId } } });
    expect(replaced.status).toBe(200);
  });

  test('leaves no parts behind when it is cancelled', async () => {
    const { objectKey, multipartId } = await start();
    expect((await ask('abortSend', { query: { objectKey, multipartId } })).status).toBe(200);
    const { status, body } = await ask('listParts', { query: { objectKey, multipartId } });
    expect(status).toBe(404);
    expect(body.detail).toContain('Send the file again');
  });
});

describe('an undo or a restore of an upload', () => {
  test('hides and restores a first upload and keeps every version in the history', async () => {
    const { objectKey, versionId } = await send();
    const removed = await ask('removeObject', { json: { objectKey, newestVersionId: versionId } });
    expect((await ask('listObjects')).body.objects).toMatchObject([{ deleted: true }]);
    const json = { objectKey, versionId, newestVersionId: removed.body.versionId };
    const restored = await ask('restoreVersion', { json });
    expect(restored.status, restored.text).toBe(200);
    const versions = await versionsOf(objectKey);
    expect(versions.map((version: { versionId: string }) => version.versionId)).toEqual([
      restored.body.versionId,
      removed.body.versionId,
      versionId,
    ]);
    expect(versions.map((version: { isNewest: boolean }) => version.isNewest)).toEqual([true, false, false]);
  });

  test('brings back the bytes from before a correction', async () => {
    const { objectKey, versionId } = await send();
    const corrected = await send({ replaces: { versionId } }, 'date,merchant\n');
    const json = { objectKey, versionId, newestVersionId: corrected.versionId };
    const { body } = await ask('restoreVersion', { json });
    const content = await ask('getContent', { query: { objectKey, versionId: body.versionId } });
    expect(await (await fetch(content.body.url)).text()).toBe(csv);
  });

  test('is refused if the newest version is not the version that the person saw', async () => {
    const { objectKey, versionId } = await send();
    const newer = await put(world, objectKey, 'newer');
    for (const [name, json] of [
      ['removeObject', { objectKey, newestVersionId: versionId }],
      ['restoreVersion', { objectKey, versionId, newestVersionId: versionId }],
    ] as const) {
      const { status, body } = await ask(name, { json });
      expect(status).toBe(409);
      expect(body.detail).toContain('changed in the meantime');
    }
    expect((await versionsOf(objectKey))[0].versionId).toBe(newer);
  });

  test('is refused if the file is already removed, or if the version is a delete marker', async () => {
    const { objectKey, versionId } = await send();
    const { body } = await ask('removeObject', { json: { objectKey, newestVersionId: versionId } });
    const again = await ask('removeObject', { json: { objectKey, newestVersionId: body.versionId } });
    expect([again.status, again.body.detail]).toEqual([
      409,
      'This file is already removed, so this upload cannot be undone again. Reload the page.',
    ]);
    const marker = { objectKey, versionId: body.versionId, newestVersionId: body.versionId };
    expect((await ask('restoreVersion', { json: marker })).status).toBe(404);
  });
});

describe('the API’s list of objects', () => {
  test('returns all feeds and names page by page, in the order of S3', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `f-${String(index).padStart(4, '0')}.csv`);
    const keys = [...names.map((name) => `raw/budgets/owner=${owner}/${name}`), `raw/incomes/owner=${owner}/漢.csv`];
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => put(world, key, 'x')));
    await put(world, keys[0] ?? '', 'a second version');
    const found: string[] = [];
    let pages = 0;
    for (let next: string | undefined, more = true; more; more = next !== undefined) {
      const { body } = await ask('listObjects', { query: next === undefined ? {} : { cursor: next } });
      found.push(...body.objects.map((object: { objectKey: string }) => object.objectKey));
      next = body.next;
      pages += 1;
    }
    expect(found).toEqual(keys);
    expect(pages).toBe(3);
    expect((await ask('listObjects', { query: { feed: 'incomes' } })).body.objects).toHaveLength(1);
  });
});

describe('mapping templates', () => {
  const template = { name: 'Mein Konto', mapping };
  const isNew = { 'if-none-match': '*' };
  const putTemplate = (templateId: string, headers: Record<string, string>, given: object = template) =>
    ask('putTemplate', { param: { templateId }, headers, json: { template: given } });

  test('can be saved, changed and deleted', async () => {
    const { body } = await putTemplate('my-bank', isNew);
    const listed = await ask('listTemplates');
    expect(listed.body.templates).toMatchObject([{ templateId: 'my-bank', etag: body.etag, template }]);
    const renamed = { ...template, name: 'Haushalt' };
    const changed = await putTemplate('my-bank', { 'if-match': body.etag }, renamed);
    expect(changed.status).toBe(200);
    const deleted = await ask('deleteTemplate', {
      param: { templateId: 'my-bank' },
      headers: { 'if-match': changed.body.etag },
    });
    expect(deleted.status).toBe(200);
    expect((await ask('listTemplates')).body.templates).toEqual([]);
  });

  test('of an earlier release are listed without fields that no longer exist', async () => {
    await put(world, `templates/owner=${owner}/old.json`, JSON.stringify({ ...template, feed: 'expenses' }));
    expect((await ask('listTemplates')).body.templates.map((kept: StoredTemplate) => kept.template)).toEqual([
      template,
    ]);
    expect((await putTemplate('new', isNew, { ...template, feed: 'expenses' })).status).toBe(400);
  });

  test('are not overwritten by a client that has not read the newest version', async () => {
    const { body } = await putTemplate('my-bank', isNew);
    expect((await putTemplate('my-bank', {})).status).toBe(428);
    expect((await putTemplate('my-bank', isNew)).status).toBe(412);
    await putTemplate('my-bank', { 'if-match': body.etag }, { ...template, name: 'Another' });
    expect((await putTemplate('my-bank', { 'if-match': body.etag })).status).toBe(412);
    expect((await putTemplate('never-there', { 'if-match': body.etag })).status).toBe(412);
    const param = { templateId: 'my-bank' };
    expect((await ask('deleteTemplate', { param })).status).toBe(428);
    expect((await ask('deleteTemplate', { param, headers: { 'if-match': body.etag } })).status).toBe(412);
  });

  test.each(['..', 'a/b', 'A', 'a%2fb', 'a.json', '-a', 'a'.repeat(64), '✓'])(
    'cannot have the id %s',
    async (templateId) => {
      expect([400, 404, 405]).toContain(
        (
          await fetch(`${world.url}/api/templates/${encodeURIComponent(templateId)}`, {
            method: 'PUT',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...isNew },
            body: JSON.stringify({ template }),
          })
        ).status,
      );
      expect((await ask('listTemplates')).body.templates).toEqual([]);
    },
  );

  test('must be valid mappings', async () => {
    // JSON.stringify fails on objects nested this deeply.
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const given = [
      ...[1, 3000, 4100].map((depth) => `{"deep":${nested(depth)}}`),
      JSON.stringify({ ...mapping, header: 'Betrag' }),
      JSON.stringify({ ...mapping, header: undefined }),
      JSON.stringify({ ...mapping, cells: { date: { column: [['Betrag']] } } }),
      JSON.stringify({ ...mapping, delimiter: 'x' }),
    ];
    for (const text of given) {
      const { status } = await fetch(`${world.url}/api/templates/odd`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...isNew },
        body: `{"template":{"name":"Odd","mapping":${text}}}`,
      });
      expect(status, text.slice(0, 60)).toBe(400);
    }
  });

  test('are omitted from the list if the stored object is not a template', async () => {
    await put(world, `templates/owner=${owner}/odd.json`, JSON.stringify({ name: 'Odd', mapping: { version: 1 } }));
    await putTemplate('my-bank', isNew);
    const { body } = await ask('listTemplates');
    expect(body.templates.map(({ templateId }: StoredTemplate) => templateId)).toEqual(['my-bank']);
  });

  test('have a limited size and number', async () => {
    const large = { ...template, mapping: { ...mapping, encoding: 'x'.repeat(33_000) } };
    expect((await putTemplate('large', isNew, large)).status).toBe(413);
    const larger = { ...template, mapping: { ...mapping, encoding: 'x'.repeat(70_000) } };
    expect((await putTemplate('larger', isNew, larger)).status).toBe(413);
    for (let index = 0; index < TEMPLATES_AT_MOST; index += 1) await putTemplate(`t-${index}`, isNew);
    const { status, body } = await putTemplate('one-more', isNew);
    expect([status, body.detail]).toEqual([
      409,
      'You already have 50 templates, which is the maximum. Delete a template that you no longer need.',
    ]);
    expect((await ask('listTemplates')).body.templates).toHaveLength(TEMPLATES_AT_MOST);
  });
});
