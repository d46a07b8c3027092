import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const LOWEST = 10_000;

/**
 * Reserves a TCP port of 127.0.0.1 for a server and returns it.
 *
 * The port must stay free until the server listens. So the port is below the range that the system assigns to
 * connections (`ip_local_port_range`). To reserve the port, this process binds the UDP port of the
 * same number until the process ends. No process is given a port whose UDP port is bound.
 *
 * @param preferred the port to return if it is free; may be in any range
 * @throws {Error} no port is free.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await reserve(preferred))) return preferred;
  const end = firstEphemeralPort();
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const port = randomInt(LOWEST, end);
    if (await reserve(port)) return port;
  }
  throw new Error(
    `No free port found: all 1000 ports that were tried between ${LOWEST} and ${end} on 127.0.0.1 are in use. Stop some servers on this machine.`,
  );
}

async function reserve(port: number): Promise<boolean> {
  const reservation = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      reservation.once('error', reject);
      reservation.bind({ port, address: '127.0.0.1', exclusive: true }, resolve);
    });
    await listenOnce(port);
  } catch (error) {
    reservation.close();
    if (isTaken(error)) return false;
    throw error;
  }
  reservation.unref();
  return true;
}

async function listenOnce(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve()));
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}

/** Returns the first port that Linux assigns to connections. If the range covers nearly all ports, returns Linux's default. */
function firstEphemeralPort(): number {
  const linuxDefault = 32_768;
  try {
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
    return first > LOWEST + 2000 ? first : linuxDefault;
  } catch {
    return linuxDefault;
  }
}
