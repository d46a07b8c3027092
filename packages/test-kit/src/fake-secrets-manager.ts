/** An HTTP server that simulates Secrets Manager for a Lambda in a separate process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface FakeSecretsManager extends AsyncDisposable {
  readonly url: string;
  /** The current value of each secret, as the JSON text that a client reads. */
  readonly values: ReadonlyMap<string, string>;
}

/** Starts the server with these secrets on a free local port. It answers GetSecretValue and PutSecretValue. */
export async function startFakeSecretsManager(secrets: Readonly<Record<string, object>>): Promise<FakeSecretsManager> {
  const values = new Map(Object.entries(secrets).map(([id, value]) => [id, JSON.stringify(value)]));
  const server = createServer(async (request, response) => {
    const { SecretId, SecretString } = (await json(request)) as { SecretId: string; SecretString?: string };
    if (SecretString !== undefined) values.set(SecretId, SecretString);
    const value = values.get(SecretId);
    response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(value === undefined ? { __type: 'ResourceNotFoundException' } : { SecretString: value }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    values,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
