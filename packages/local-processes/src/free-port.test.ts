import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';

const inAnotherProcess = async (expression: string): Promise<string> => {
  const script = `import { freePort } from ${JSON.stringify(new URL('free-port.ts', import.meta.url).href)}; console.log(await ${expression})`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return stdout.trim();
};

test('freePort returns different ports to different callers and processes, even before a server listens', async () => {
  const port = await freePort();
  expect(await freePort(port)).not.toBe(port);
  expect(Number(await inAnotherProcess(`freePort(${port})`))).not.toBe(port);
});

test('freePort returns the preferred port again after the process that reserved it has ended', async () => {
  const port = Number(await inAnotherProcess('freePort()'));
  expect(await freePort(port)).toBe(port);
});

test('freePort does not return a port on which a server listens', async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    expect(await freePort(port)).not.toBe(port);
  } finally {
    server.close();
  }
});

test('freePort returns no port that the system uses for connections', async () => {
  const [first, last] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
  expect(ports.filter((port) => port >= (first ?? 0) && port <= (last ?? 0))).toEqual([]);
});
