import { gunzipSync } from 'node:zlib';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { describe, expect, test } from 'vitest';
import { createApp } from './app.ts';

const authority = `https://pool.example/${'a'.repeat(20_000)}`;
const app = createApp({
  handlers: {
    getConfig: async (context) =>
      context.json({ environment: 'dev', signIn: { kind: 'oidc', authority, clientId: 'console' } }, 200),
  },
  identify: async () => undefined,
  origins: () => [],
  audit: () => undefined,
  reportFault: () => undefined,
});
const expected = { environment: 'dev', signIn: { kind: 'oidc', authority, clientId: 'console' } };

describe('an API response', () => {
  test('is compressed for a browser that accepts gzip', async () => {
    const response = await app.request('/api/config', { headers: { 'accept-encoding': 'gzip, deflate, br' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const sent = Buffer.from(await response.arrayBuffer());
    expect(sent.length).toBeLessThan(1000);
    expect(JSON.parse(gunzipSync(sent).toString())).toEqual(expected);
  });

  test('is not compressed for a client that does not accept gzip', async () => {
    for (const headers of [{}, { 'accept-encoding': 'gzip;q=0' }, { 'accept-encoding': 'identity' }]) {
      const response = await app.request('/api/config', { headers });
      expect(response.headers.get('content-encoding')).toBeNull();
      expect(await response.json()).toEqual(expected);
    }
  });

  test('is compressed even if the request is refused', async () => {
    const response = await app.request('/api/none', { headers: { 'accept-encoding': 'gzip' } });
    expect(response.status).toBe(404);
    const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString();
    expect(JSON.parse(text)).toMatchObject({ status: 404, type: 'urn:centflow:problem:no-such-address' });
  });

  test('is returned by the Lambda as base64 if it is compressed', async () => {
    const event = {
      ...{ version: '2.0', routeKey: '$default', rawPath: '/api/config', rawQueryString: '', isBase64Encoded: false },
      headers: { host: 'abc.execute-api.eu-west-1.amazonaws.com', 'accept-encoding': 'gzip' },
      requestContext: { domainName: 'abc', http: { method: 'GET', path: '/api/config' }, stage: '$default' },
    };
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    const answer: { readonly body: string } = await handle(app)(event as unknown as LambdaEvent);
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    expect(JSON.parse(gunzipSync(Buffer.from(answer.body, 'base64')).toString())).toEqual(expected);
  });
});
