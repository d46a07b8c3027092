import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that the server received. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server on a free local port that simulates S3 and Glue. */
export interface FakeAws extends AsyncDisposable {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** The status and body of the responses to StartJobRun, in order. The last response is repeated. */
  startJobRun: readonly [status: number, body: object][];
  /** Whether a job run has taken the offered manifest. */
  taken: boolean;
}

export async function startFakeAws(): Promise<FakeAws> {
  const seen: SeenRequest[] = [];
  let starts = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    if (headers['x-amz-target'] === 'AWSGlue.StartJobRun') {
      const [status, body] = fake.startJobRun[Math.min(starts++, fake.startJobRun.length - 1)] ?? [200, {}];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    } else if (url.includes('list-type=2')) {
      response.end(`<ListBucketResult><KeyCount>${fake.taken ? 0 : 1}</KeyCount></ListBucketResult>`);
    } else {
      response.writeHead(method === 'DELETE' ? 204 : 200).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const fake: FakeAws = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    startJobRun: [[200, { JobRunId: 'jr_1' }]],
    taken: false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return fake;
}
