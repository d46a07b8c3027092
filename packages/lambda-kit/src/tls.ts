/** TLS options for connections to MySQL. Connections are encrypted and verified, unless they stay on this machine. */
import { isIP } from 'node:net';
import type { SslOptions } from 'mysql2/promise';

/** Thrown for a server whose identity cannot be verified. */
export class UnverifiableServerError extends Error {
  override readonly name = 'UnverifiableServerError';

  constructor(host: string) {
    super(`${host} is an IP address, but certificates are for names. Connect to the server by its host name.`);
  }
}

/**
 * Returns TLS options that verify the server. Its certificate must be for the host name of the connection, and must be
 * signed by one of the authorities. mysql2 always checks the chain, but checks the name only with `verifyIdentity`.
 *
 * @param ca the authorities to trust, as PEM; by default those of Node.js
 */
export function verifiedTls(ca?: string | readonly string[]): SslOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    verifyIdentity: true,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
  };
}

/** Returns whether connections to the host stay on this machine. All other connections must use TLS. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/**
 * Returns the TLS options for a host. They are empty if the connection stays on this machine.
 *
 * @throws {UnverifiableServerError} if the host is an IP address outside this machine.
 */
export function tlsFor(host: string): { ssl?: SslOptions } {
  if (isLoopback(host)) return {};
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) throw new UnverifiableServerError(host);
  return { ssl: verifiedTls() };
}
