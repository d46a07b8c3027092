import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startSearches } from './searches.ts';

test('startSearches keeps the given number of searches running until it is stopped, even after rejected searches', async () => {
  const statuses = [200, 429, 503];
  let [now, most, sent] = [0, 0, 0];
  const full = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    now += 1;
    most = Math.max(most, now);
    const status = statuses[sent % statuses.length] ?? 200;
    sent += 1;
    if (sent >= 30) full.resolve();
    setImmediate(() => {
      now -= 1;
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const searches = startSearches(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token', '/', 4);
  await full.promise;
  searches.stop();
  await searches.ended;
  server.close();
  expect(most).toBeLessThanOrEqual(4);
  expect(Object.keys(searches.answers()).sort()).toEqual(['200', '429', '503']);
  expect(Object.values(searches.answers()).reduce((sum, count) => sum + count)).toBe(sent);
});
