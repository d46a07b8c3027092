import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Client } from '../api/clients.ts';
import { launchBrowser, withoutBrowser } from './browser.ts';
import { type RunningStack, startStack } from './stack.ts';

const KEY = 'raw/expenses/owner=ada/2023.csv';
const CONTENT = 'date,merchant\n2023-01-01,Hausverwaltung\n';

describe.skipIf(withoutBrowser())('a foreign page that a developer opens while the local stack runs', () => {
  let stack: RunningStack;
  let site: Server;
  let browser: Browser;
  let page: Page;
  let s3: S3Client;

  beforeAll(async () => {
    stack = await startStack('s3');
    const { endpointUrl: endpoint, region, bucket: Bucket, accessKeyId, secretAccessKey } = stack.description;
    const aws = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    s3 = s3Client({ ...aws, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body: CONTENT }));
    const secrets = new SecretsManagerClient(aws);
    await secrets.send(new CreateSecretCommand({ Name: 'database', SecretString: 'sesame' }));
    secrets.destroy();
    site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>A page</title>'));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    // The host name resolves to this machine, and the browser treats the page like any other site.
    browser = await launchBrowser('--host-resolver-rules=MAP evil.example 127.0.0.1');
    page = await browser.newPage();
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
    s3?.destroy();
    await stack?.[Symbol.asyncDispose]();
  });

  /** The attacker's Lambda function would write this file if it ran. */
  const markerFile = () => join(stack.folder, 'ran');

  async function open(host: string): Promise<void> {
    await page.goto(`http://${host}:${(site.address() as AddressInfo).port}/`);
  }

  interface Request {
    readonly url: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }

  /** Returns what a script of the open page can read. */
  async function fetched(request: Request, mode: RequestMode): Promise<{ status: number; text: string } | 'nothing'> {
    return page.evaluate(
      async ({ request: { url, ...init }, mode }) => {
        try {
          const answer = await fetch(url, { ...init, mode });
          // Without CORS, a script sees neither the status nor the text.
          return answer.type === 'opaque' ? 'nothing' : { status: answer.status, text: await answer.text() };
        } catch {
          return 'nothing';
        }
      },
      { request, mode },
    );
  }

  /**
   * Returns the attacks. They include simple requests, which need no preflight and work without reading the response.
   */
  function attacks(endpoint: string): Request[] {
    const { bucket } = stack.description;
    const key = 'AWS4-HMAC-SHA256 Credential=test/20300101/eu-west-1/secretsmanager/aws4_request';
    const authorization = `${key}, SignedHeaders=host, Signature=0`;
    const program = `import { writeFileSync } from 'node:fs'; export const handler = () => writeFileSync('${markerFile()}', '');`;
    const zip = Buffer.from(zipSync({ 'index.mjs': new TextEncoder().encode(program) })).toString('base64');
    const evil = JSON.stringify({
      ...{ FunctionName: 'evil', Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: zip } },
      Role: 'arn:aws:iam::000000000000:role/evil',
    });
    return [
      { url: `${endpoint}/${bucket}?list-type=2` },
      { url: `${endpoint}/${bucket}/${KEY}` },
      { url: `${endpoint}/`, method: 'POST', body: 'Action=GetCallerIdentity&Version=2011-06-15' },
      {
        ...{ url: `${endpoint}/`, method: 'POST', body: '{"SecretId":"database"}' },
        headers: { 'x-amz-target': 'secretsmanager.GetSecretValue', authorization },
      },
      { url: `${endpoint}/${bucket}/${KEY}`, method: 'PUT', body: 'forged' },
      { url: `${endpoint}/${bucket}/${KEY}`, method: 'DELETE' },
      { url: `${endpoint}/2015-03-31/functions`, method: 'POST', body: evil },
      { url: `${endpoint}/2015-03-31/functions/evil/invocations`, method: 'POST', body: '{}' },
      { url: `${endpoint}/_ministack/reset`, method: 'POST' },
    ];
  }

  async function expectUntouched(): Promise<void> {
    const { bucket: Bucket } = stack.description;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual([KEY]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: KEY }));
    expect(await Body?.transformToString()).toBe(CONTENT);
    expect(existsSync(markerFile())).toBe(false);
  }

  test.each(['cors', 'no-cors'] as const)('cannot read, write or run anything with fetch mode %s', async (mode) => {
    await open('evil.example');
    for (const attack of attacks(stack.description.endpointUrl)) {
      expect(await fetched(attack, mode), JSON.stringify(attack)).toBe('nothing');
    }
    await expectUntouched();
  });

  test('cannot read, write or run anything when its host name resolves to the emulator', async () => {
    const { port } = new URL(stack.description.endpointUrl);
    await page.goto(`http://evil.example:${port}/`);
    for (const attack of attacks(`http://evil.example:${port}`)) {
      expect(await fetched(attack, 'cors'), JSON.stringify(attack)).toMatchObject({ status: 403 });
    }
    await expectUntouched();
  });

  test('cannot read from another port of this machine without a signed address', async () => {
    await open('127.0.0.1');
    for (const attack of attacks(stack.description.endpointUrl)) {
      const answer = await fetched(attack, 'cors');
      if (answer !== 'nothing') expect(answer, JSON.stringify(attack)).toMatchObject({ status: 403 });
    }
    await expectUntouched();
  });

  test('can use signed addresses only if this machine serves the page', async () => {
    const { bucket: Bucket } = stack.description;
    const Key = 'raw/expenses/owner=ada/ä b+c (1).csv';
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key, ContentType: 'text/csv' }), {
      expiresIn: 900,
      signableHeaders: new Set(['content-type']),
    });
    const get = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: KEY }), { expiresIn: 900 });
    const putting = { url: put, method: 'PUT', headers: { 'content-type': 'text/csv' }, body: CONTENT };

    await open('evil.example');
    expect(await fetched(putting, 'cors')).toBe('nothing');
    expect(await fetched({ url: get }, 'cors')).toBe('nothing');
    await expectUntouched();

    for (const host of ['127.0.0.1', 'localhost']) {
      await open(host);
      expect(await fetched(putting, 'cors')).toMatchObject({ status: 200 });
      expect(await fetched({ url: get }, 'cors')).toEqual({ status: 200, text: CONTENT });
      expect(await fetched({ ...putting, url: put.replace('owner%3Dada', 'owner%3Deve') }, 'cors')).toMatchObject({
        status: 403,
      });
    }
  });
});
