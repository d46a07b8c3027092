/** TLS for connections to MySQL: encrypted and verified, unless they stay on this machine. */
import { isIP } from 'node:net';
import type { SslOptions } from 'mysql2/promise';

/** A server whose identity cannot be verified. */
export class UnverifiableServerError extends Error {
  override readonly name = 'UnverifiableServerError';

  constructor(host: string) {
    super(`${host} is an address, but certificates are for names. Connect to the server by its host name.`);
  }
}

/**
 * Returns TLS options that verify the server: its certificate must be for the host name of the connection, and one of the
 * authorities must have signed it.
 *
 * mysql2 always checks the chain, but the name only with `verifyIdentity`.
 *
 * @param ca the authorities to trust, PEM; by default those of Node.js
 */
export function verifiedTls(ca?: string | readonly string[]): SslOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    verifyIdentity: true,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  };
}

/** Whether connections to the host stay on this machine. All others must use TLS. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * Returns the TLS options for a host. There are none if the connection stays on this machine.
 *
 * @throws {UnverifiableServerError} the host is an address outside this machine.
 */
export function tlsFor(host: string): { ssl?: SslOptions } {
  if (isLoopback(host)) return {};
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) throw new UnverifiableServerError(host);
  return { ssl: verifiedTls() };
}
