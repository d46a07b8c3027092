/** Runs the bundle as AWS does, with events of API Gateway's HTTP API and only the Lambda's environment variables. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Invocation, invokeLambda } from '@centflow/lambda-kit/invoke-lambda';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { createAuthority, startTlsMysql, type TlsMysql } from '@centflow/test-kit/tls-mysql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleLambda } from '../../build.ts';
import { type RunningStack, startStack } from '../../e2e/stack.ts';
import type { RouteName } from '../contract/api.ts';
import { routes } from '../contract/api.ts';
import { expectByContract } from './call.ts';

const PASSWORD = 'a "long" pass:word/@';
let folder: string;
let bundle: string;
let stack: RunningStack;
let mysql: TlsMysql;
let aws: Record<string, string>;
let variables: Readonly<Record<'console' | 'operations', Record<string, string>>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-console-bundle-'));
  [bundle, stack, mysql] = await Promise.all([bundleLambda(join(folder, 'first')), startStack('s3'), startTlsMysql()]);
  const authority = await createAuthority('Centflow test authority');
  await mysql.present(authority, mysql.host);
  const { username, password } = mysql.administrator;
  await setUpDatabase({
    administratorUrl: `mysql://${username}:${encodeURIComponent(password)}@${mysql.host}:${mysql.port}`,
    ...{ database: 'centflow', passwordOf: () => PASSWORD, requireTls: true, ssl: verifiedTls(authority.pem) },
  });
  const { endpointUrl, region, bucket, accessKeyId, secretAccessKey } = stack.description;
  aws = {
    ...{ AWS_ENDPOINT_URL: endpointUrl, AWS_REGION: region },
    ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  };
  const secrets = new SecretsManagerClient({
    ...{ endpoint: endpointUrl, region, credentials: { accessKeyId, secretAccessKey } },
  });
  const reporter = { host: 'moved', port: 1, username: 'reporter', password: PASSWORD, dbname: 'centflow' };
  await secrets.send(new CreateSecretCommand({ Name: 'reporter', SecretString: JSON.stringify(reporter) }));
  secrets.destroy();
  const shared = {
    ENVIRONMENT: 'dev',
    CONSOLE_ORIGIN: 'https://console.example',
    SIGN_IN: JSON.stringify({ kind: 'oidc', authority: 'https://cognito.example/pool', clientId: 'client' }),
  };
  variables = {
    console: {
      ...{ ...shared, FUNCTION: 'console', UPLOADS_BUCKET: bucket, DATABASE_SECRET_ARN: 'reporter' },
      ...{ DATABASE_HOST: mysql.host, DATABASE_PORT: String(mysql.port), DATABASE_NAME: 'centflow' },
      DATABASE_CA: authority.pem,
    },
    operations: {
      ...{ ...shared, FUNCTION: 'operations', GLUE_JOB_NAME: 'job', ALARM_PREFIX: 'dev-' },
      ...{ QUEUE_URL: `${endpointUrl}/000000000000/q`, DEAD_LETTER_QUEUE_URL: `${endpointUrl}/000000000000/d` },
    },
  };
});
afterAll(async () => {
  await Promise.all([stack?.[Symbol.asyncDispose](), mysql?.[Symbol.asyncDispose]()]);
  await rm(folder, { recursive: true, force: true });
});

const ofAnn = {
  sub: 'ann-1',
  'custom:owner': 'ann',
  token_use: 'id',
  exp: '1900000000',
  'cognito:groups': '[friends]',
};

/** Returns an API Gateway event in format 2.0 with the context of the JWT authorizer. */
function event(name: RouteName, claims: object | undefined, body?: object, headers: Record<string, string> = {}) {
  const { path, method } = routes[name];
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'abc.execute-api.eu-west-1.amazonaws.com', 'content-type': 'application/json', ...headers },
    requestContext: {
      accountId: '111122223333',
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      http: { method: method.toUpperCase(), path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      ...(claims ? { authorizer: { jwt: { claims, scopes: null } } } : {}),
      ...{ requestId: 'r', routeKey: '$default', stage: '$default', timeEpoch: 0 },
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    isBase64Encoded: false,
  };
}

async function invoke(
  which: 'console' | 'operations',
  name: RouteName,
  ...others: [claims?: object, body?: object, headers?: Record<string, string>]
) {
  const [claims, body, headers] = others;
  const invocation = await invokeLambda(bundle, event(name, claims, body, headers), { ...aws, ...variables[which] });
  const answer = invocation.answer as { statusCode: number; body: string; headers: Record<string, string> };
  expect(answer, JSON.stringify(invocation)).toBeDefined();
  const parsed = JSON.parse(answer.body);
  expectByContract(name, { status: answer.statusCode, headers: new Headers(answer.headers) }, parsed);
  return { ...invocation, status: answer.statusCode, body: parsed };
}

describe('the Lambda bundle of the API', () => {
  test('has the same bytes in every build: one file with its source map and notices', async () => {
    await bundleLambda(join(folder, 'again'));
    const built = await readdir(join(folder, 'first'));
    expect(built.sort()).toEqual(['index.mjs', 'index.mjs.map', 'third-party-notices.txt']);
    const read = (name: string) => Promise.all(['first', 'again'].map((each) => readFile(join(folder, each, name))));
    for (const name of built) {
      const [first, again] = await read(name);
      expect(again?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
  });

  test('does not start with an incomplete configuration and lists the missing variables', async () => {
    const missing = async (env: Record<string, string>) => (await invokeLambda(bundle, {}, { ...aws, ...env })).error;
    expect(await missing({})).toMatch(/ConfigError: .*FUNCTION/);
    expect(await missing({ FUNCTION: 'console', SIGN_IN: '{' })).toMatch(
      /SIGN_IN: not JSON.*UPLOADS_BUCKET.*DATABASE_SECRET_ARN/,
    );
    expect(await missing({ FUNCTION: 'operations' })).toMatch(/GLUE_JOB_NAME.*DEAD_LETTER_QUEUE_URL/);
  });
});

describe('the function `console`', () => {
  test('returns the sign-in configuration without a token', async () => {
    const { body } = await invoke('console', 'getConfig');
    expect(body.signIn).toEqual({ kind: 'oidc', authority: 'https://cognito.example/pool', clientId: 'client' });
  });

  test('reads the identity from the gateway’s claims only', async () => {
    expect((await invoke('console', 'getSession', ofAnn)).body).toMatchObject({ owner: 'ann', operator: false });
    const forged = { authorization: 'Bearer e30.e30.e30', 'x-amzn-oidc-identity': 'ann' };
    expect((await invoke('console', 'getSession', undefined, undefined, forged)).status).toBe(401);
    expect((await invoke('console', 'getSession', { ...ofAnn, token_use: 'access' })).status).toBe(401);
    expect((await invoke('console', 'getSession', { ...ofAnn, 'custom:owner': undefined })).status).toBe(403);
    expect((await invoke('console', 'listPipelineUploads', ofAnn)).status).toBe(403);
    const operator = { ...ofAnn, 'cognito:groups': '[friends operators]' };
    expect((await invoke('console', 'listPipelineUploads', operator)).status).toBe(200);
  });

  test('reads the views over verified TLS with the password of the secret', async () => {
    const { status, body, output } = await invoke('console', 'listUploads', ofAnn);
    expect([status, body]).toEqual([200, { uploads: [] }]);
    expect(output).not.toContain('pass:word');
  });

  test('signs uploads to the bucket and refuses requests from pages outside the console', async () => {
    const json = { feed: 'expenses', name: 'a.csv', bytes: 3, contentType: 'text/csv' };
    const { body } = await invoke('console', 'startSend', ofAnn, json, { origin: 'https://console.example' });
    expect((await fetch(body.url, { method: 'PUT', headers: body.headers, body: 'a,b' })).status).toBe(200);
    expect((await invoke('console', 'startSend', ofAnn, json, { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('writes the audit log as JSON with the person and the action', async () => {
    const json = { feed: 'expenses', name: 'b.csv', bytes: 3, contentType: 'text/csv' };
    const { output } = await invoke('console', 'startSend', ofAnn, json);
    expect(auditOf({ output })).toMatchObject({
      service: 'console',
      environment: 'dev',
      audit: {
        action: 'startSend',
        subject: 'ann-1',
        owner: 'ann',
        target: { feed: 'expenses', name: 'b.csv' },
        status: 200,
      },
    });
  });

  test('reports an unreachable database without its address or password', async () => {
    const port = { DATABASE_PORT: '1' };
    const { answer, output } = await invokeLambda(bundle, event('listUploads', ofAnn), {
      ...aws,
      ...variables.console,
      ...port,
    });
    expect(answer).toMatchObject({ statusCode: 503 });
    expect(JSON.stringify(answer)).not.toContain(mysql.host);
    expect(output).not.toContain('pass:word');
  });

  test('serves separate routes in the functions `console` and `operations`', async () => {
    const operator = { ...ofAnn, 'cognito:groups': '[operators]' };
    const statusOf = async (which: 'console' | 'operations', name: RouteName) => {
      const { answer } = await invokeLambda(bundle, event(name, operator), { ...aws, ...variables[which] });
      return (answer as { statusCode: number }).statusCode;
    };
    expect(await statusOf('console', 'listJobRuns')).toBe(404);
    expect(await statusOf('console', 'listLocalOwners')).toBe(404);
    expect(await statusOf('operations', 'listUploads')).toBe(404);
    expect(await statusOf('operations', 'listAlarms')).toBe(200);
  });
});

function auditOf({ output }: Pick<Invocation, 'output'>): unknown {
  const lines = output.split('\n').filter((line) => line.includes('"audit":'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}
