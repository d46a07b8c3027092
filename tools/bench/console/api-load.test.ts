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

test('every request of the list is sent in its turn, with the token of whoever asks', async () => {
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

test('a refused request and a cut connection are faults that say what broke', async () => {
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

test('an answer that comes late does not hold back the next requests', async () => {
  const waiting: (() => void)[] = [];
  const { answers } = await serving(
    (_, response) => {
      waiting.push(() => response.end());
      // Answered only once all of them are there: a client that waited for each would never send the second.
      if (waiting.length === 10) for (const end of waiting.splice(0)) end();
    },
    (url) => load(url, [{ kind: 'slow', path: '/', token: '' }], { perSecond: 200, seconds: 0.05 }),
  );
  expect(answers).toHaveLength(10);
  expect(answers.filter(({ fault }) => fault !== undefined)).toEqual([]);
});
