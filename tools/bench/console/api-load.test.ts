import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { load } from './api-load.ts';

async function serving<Result>(answer: RequestListener, work: (url: string) => Promise<Result>): Promise<Result> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('load sends the listed requests in order, each with the token of its sender', async () => {
  const asked: string[] = [];
  const tokens = new Set<string | undefined>();
  const { answers } = await serving(
    ({ url, headers }, response) => {
      asked.push(url ?? '');
      tokens.add(headers.authorization);
      response.end('{}');
    },
    (url) =>
      load(
        url,
        [
          { kind: 'one', path: '/1', token: 'secret' },
          { kind: 'two', path: '/2', token: 'other' },
        ],
        { perSecond: 100, seconds: 0.1 },
      ),
  );
  expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => ['one', 'two']).flat());
  expect(asked.toSorted()).toEqual([...Array(5).fill('/1'), ...Array(5).fill('/2')]);
  expect([...tokens].toSorted()).toEqual(['Bearer other', 'Bearer secret']);
});

test('load reports a rejected request and a closed connection as faults', async () => {
  const { answers } = await serving(
    ({ url }, response) => {
      if (url === '/cut') response.destroy();
      else response.writeHead(503).end();
    },
    (url) =>
      load(
        url,
        [
          { kind: 'refused', path: '/refused', token: '' },
          { kind: 'cut', path: '/cut', token: '' },
        ],
        { perSecond: 100, seconds: 0.02 },
      ),
  );
  expect(answers.map(({ fault }) => fault)).toEqual(['/refused answered 503', expect.stringMatching(/^\/cut: /)]);
});

test('load does not wait for a late answer before it sends the next requests', async () => {
  const waiting: (() => void)[] = [];
  const { answers } = await serving(
    (_, response) => {
      waiting.push(() => response.end());
      // The server answers only after the tenth request. A client that waits for each answer would never send the
      // second request.
      if (waiting.length === 10) for (const end of waiting.splice(0)) end();
    },
    (url) => load(url, [{ kind: 'slow', path: '/', token: '' }], { perSecond: 200, seconds: 0.05 }),
  );
  expect(answers).toHaveLength(10);
  expect(answers.filter(({ fault }) => fault !== undefined)).toEqual([]);
});
