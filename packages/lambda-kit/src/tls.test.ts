import { describe, expect, it } from 'vitest';
import { tlsFor, UnverifiableServerError, verifiedTls } from './tls.ts';

describe('TLS with MySQL', () => {
  it.each(['localhost', '127.0.0.1', '127.0.1.1', '::1', '[::1]'])('is not needed on this machine: %s', (host) => {
    expect(tlsFor(host)).toEqual({});
  });

  it.each(['db.example.com', 'localhost.example.com', '127.0.0.1.nip.io', ''])(
    'verifies chain and name of a server off this machine: %j',
    (host) => {
      expect(tlsFor(host).ssl).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
    },
  );

  it.each(['10.0.0.5', '[2001:db8::1]'])('is refused where only an address is known: %s', (host) => {
    expect(() => tlsFor(host)).toThrow(UnverifiableServerError);
    expect(() => tlsFor(host)).toThrow(/by its host name/);
  });

  it('trusts the given authorities', () => {
    expect(verifiedTls(['one', 'two']).ca).toEqual(['one', 'two']);
    expect(verifiedTls()).not.toHaveProperty('ca');
  });
});
