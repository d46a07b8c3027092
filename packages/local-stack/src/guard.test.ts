import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { freePort } from '@centflow/local-processes/free-port';
import { readToolPaths } from '@centflow/local-processes/paths';
import type { Part } from '@centflow/local-processes/supervise';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clients, createClients } from './clients.ts';
import { createCredentials, startEmulator } from './emulator.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-guard-'));
const credentials = createCredentials();
const Bucket = 'uploads';
const OBJECT = `/${Bucket}/raw/expenses/owner%3Dada/2023.csv`;
const CONTENT = 'date,merchant\n2023-01-01,Hausverwaltung\n';

let emulator: Part;
let port: number;
let clients: Clients;

beforeAll(async () => {
  port = await freePort();
  mkdirSync(join(folder, 'tmp'));
  emulator = await startEmulator({
    tools: readToolPaths(),
    port,
    credentials,
    dataFolder: join(folder, 'aws'),
    temporaryFolder: join(folder, 'tmp'),
    sparkSocket: join(folder, 'tmp', 'spark.sock'),
    logFile: join(folder, 'aws.log'),
  });
  clients = createClients(`http://127.0.0.1:${port}`, credentials);
  await clients.s3.send(new CreateBucketCommand({ Bucket }));
  await clients.s3.send(new PutObjectCommand({ Bucket, Key: 'raw/expenses/owner=ada/2023.csv', Body: CONTENT }));
  await clients.secrets.send(new CreateSecretCommand({ Name: 'database', SecretString: 'sesame' }));
});

afterAll(async () => {
  clients?.destroy();
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request without the restrictions of a browser. */
async function raw(method: string, path: string, headers: http.OutgoingHttpHeaders = {}, body = ''): Promise<Answer> {
  const outgoing = http.request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers,
    setHost: headers.host === undefined,
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) text += part;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text };
}

const wellKnown =
  'AWS4-HMAC-SHA256 Credential=test/20300101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0';
const markerFile = join(folder, 'ran');
const evilFunction = {
  FunctionName: 'evil',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Role: 'arn:aws:iam::000000000000:role/r',
  Code: {
    ZipFile: Buffer.from(
      zipSync({
        'index.mjs': new TextEncoder().encode(
          `import { writeFileSync } from 'node:fs'; export const handler = () => writeFileSync('${markerFile}', '');`,
        ),
      }),
    ).toString('base64'),
  },
};

describe('requests that this stack has not signed', () => {
  const page = { origin: 'https://evil.example', 'content-type': 'text/plain' };
  const senders: Record<string, http.OutgoingHttpHeaders> = {
    'a page from another host': page,
    'a page whose host name resolves to this machine': { ...page, host: 'evil.example:4566' },
    'a sandboxed page': { origin: 'null' },
    'an image or a form of a page': { 'sec-fetch-site': 'cross-site' },
    'a page from another port of this machine': { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    'a program without keys': {},
    'a program with well-known keys': { authorization: wellKnown, 'x-amz-date': '20300101T000000Z' },
  };

  test.each(Object.entries(senders))('%s cannot read anything', async (_, headers) => {
    const target = { 'x-amz-target': 'secretsmanager.GetSecretValue', 'content-type': 'application/x-amz-json-1.1' };
    const answers = [
      await raw('GET', `/${Bucket}?list-type=2`, headers),
      await raw('GET', OBJECT, headers),
      await raw('HEAD', OBJECT, headers),
      await raw('POST', '/', { ...headers, ...target }, '{"SecretId":"database"}'),
      await raw('GET', '/2015-03-31/functions/', headers),
      await raw('POST', '/', headers, 'Action=GetCallerIdentity&Version=2011-06-15'),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    for (const { text, headers: shown } of answers) {
      expect(text).not.toMatch(/2023\.csv|Hausverwaltung|sesame/);
      expect([undefined, 'http://localhost:3000']).toContain(shown['access-control-allow-origin']);
    }
  });

  test.each(Object.entries(senders))('%s cannot write or run anything', async (_, headers) => {
    const answers = [
      await raw('PUT', OBJECT, headers, 'forged'),
      await raw('DELETE', OBJECT, headers),
      await raw('POST', `/${Bucket}`, headers, 'forged'),
      await raw('POST', '/2015-03-31/functions', headers, JSON.stringify(evilFunction)),
      await raw('POST', '/2015-03-31/functions/evil/invocations', headers, '{}'),
      await raw('POST', '/_ministack/reset', headers),
      await raw('POST', '/_ministack/config', headers, '{}'),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key: 'raw/expenses/owner=ada/2023.csv' }));
    expect(await Body?.transformToString()).toBe(CONTENT);
    expect((await clients.lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect(existsSync(markerFile)).toBe(false);
  });

  test.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'a preflight request for %s from a page of another host is rejected',
    async (method) => {
      const answer = await raw('OPTIONS', OBJECT, {
        origin: 'https://evil.example',
        'access-control-request-method': method,
      });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    },
  );
});

interface SignedRequest {
  path: string;
  readonly headers: Record<string, string>;
}

/** Creates the same clients, but changes their requests after they are signed. */
function meddling(change: (request: SignedRequest) => void): Clients {
  const changed = createClients(`http://127.0.0.1:${port}`, credentials);
  for (const client of [changed.s3, changed.lambda, changed.secrets]) {
    const stack = client.middlewareStack as unknown as { add(middleware: unknown, place: object): void };
    const meddle = (next: (args: object) => Promise<object>) => async (args: { readonly request: SignedRequest }) => {
      change(args.request);
      return next(args);
    };
    stack.add(meddle, { step: 'finalizeRequest', priority: 'low' });
  }
  return changed;
}

describe('requests that this stack has signed', () => {
  test.each([
    ['a page from another host', { origin: 'https://evil.example' }],
    ['a page from this machine', { origin: 'http://127.0.0.1:4570' }],
    ['a page without an Origin header', { 'sec-fetch-site': 'same-site' }],
  ])('are rejected if %s sends them, because pages may only use presigned URLs', async (_, headers) => {
    const { s3, secrets, destroy } = meddling((request) => Object.assign(request.headers, headers));
    await expect(s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'database' }))).rejects.toThrow(/page/);
    destroy();
  });

  test('are rejected if their path is changed after signing', async () => {
    const { s3, destroy } = meddling((request) => Object.assign(request, { path: `/${Bucket}/another` }));
    const put = new PutObjectCommand({ Bucket, Key: 'one', Body: 'text' });
    await expect(s3.send(put)).rejects.toThrow('not signed with the keys of this stack');
    destroy();
  });

  test('cannot reset the emulator', async () => {
    const { lambda, destroy } = meddling((request) => Object.assign(request, { path: '/_ministack/reset' }));
    await expect(lambda.send(new CreateFunctionCommand({ ...evilFunction, Code: {} } as never))).rejects.toThrow(
      'cannot be administered',
    );
    destroy();
  });

  test('are rejected if they are signed with other keys, and the client shows the reason', async () => {
    const { s3, secrets, lambda, destroy } = createClients(`http://127.0.0.1:${port}`, createCredentials());
    const why = 'its `env` file contains';
    await expect(s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toThrow(why);
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'database' }))).rejects.toThrow(why);
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toThrow(why);
    destroy();
  });
});

describe('a presigned URL for one object', () => {
  /** Uploads bytes with the presigned URL, and adds headers that were not signed. */
  async function send(headers: http.OutgoingHttpHeaders, body: string, method = 'PUT'): Promise<Answer> {
    const command = new PutObjectCommand({ Bucket, Key: 'sent.csv', ContentLength: Buffer.byteLength(body) });
    const url = new URL(await getSignedUrl(clients.s3, command));
    return raw(method, `${url.pathname}${url.search}`, headers, body);
  }

  test('uploads the object, even with additional harmless headers', async () => {
    const answer = await send({ 'content-type': 'text/csv', origin: 'http://127.0.0.1:4570' }, 'date,amount');
    expect(answer.status).toBe(200);
  });

  const secret = '{"SecretId":"database"}';
  const scope = 'AWS4-HMAC-SHA256 Credential=a/20300101/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, ';
  const form = 'Action=GetCallerIdentity&Version=2011-06-15';
  test.each<[string, http.OutgoingHttpHeaders, string]>([
    ['read a secret', { 'x-amz-target': 'secretsmanager.GetSecretValue' }, secret],
    ['read a secret with a header name in capitals', { 'X-AMZ-TARGET': 'secretsmanager.GetSecretValue' }, secret],
    ['list state machines', { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }, '{}'],
    ['call another service with a second signature', { authorization: `${scope}Signature=0` }, secret],
    ['send a form to another service', { 'content-type': 'application/x-www-form-urlencoded' }, form],
    [
      'send a form with a content type in capitals',
      { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' },
      form,
    ],
    ['copy another object', { 'x-amz-copy-source': `/${Bucket}/raw/expenses/owner%3Dada/2023.csv` }, ''],
    ['make the object public', { 'x-amz-acl': 'public-read' }, 'date'],
    ['write metadata', { 'x-amz-meta-owner': 'ada' }, 'date'],
  ])('cannot be used to %s', async (_, headers, body) => {
    const answer = await send(headers, body);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("Refused by Centflow's local stack");
    expect(answer.text).not.toMatch(/sesame|CopyObjectResult/);
  });

  test('cannot be used with another HTTP method', async () => {
    const answers = [await send({}, '', 'DELETE'), await send({}, '', 'GET'), await send({}, 'date', 'POST')];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});
