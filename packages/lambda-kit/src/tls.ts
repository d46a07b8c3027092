/** Connections to MySQL: encrypted and verified, unless they stay on this machine. */
import { isIP } from 'node:net';
import type { SslOptions } from 'mysql2/promise';

/** A server that nobody could tell from another one. */
export class UnverifiableServerError extends Error {
  override readonly name = 'UnverifiableServerError';

  constructor(host: string) {
    super(`${host} is an address, and a certificate is for a name: connect to the server by its host name.`);
  }
}

/**
 * TLS with the server itself and nobody in between: its certificate is for the host name that the connection asks for, and one of
 * the authorities vouches for it.
 *
 * mysql2 checks the chain by itself, but the name only when told to.
 *
 * @param ca the authorities to trust, PEM; those of Node.js where left out.
 */
export function verifiedTls(ca?: string | readonly string[]): SslOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    verifyIdentity: true,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  };
}

/** Whether connections to the host stay on this machine; those that do not must be TLS. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * How to connect to a host: encrypted and verified, unless the connection stays on this machine.
 *
 * @throws {UnverifiableServerError} the host is an address off this machine.
 */
export function tlsFor(host: string): { ssl?: SslOptions } {
  if (isLoopback(host)) return {};
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) throw new UnverifiableServerError(host);
  return { ssl: verifiedTls() };
}
