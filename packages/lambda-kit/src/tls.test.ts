import { describe, expect, it } from 'vitest';
import { tlsFor, UnverifiableServerError, verifiedTls } from './tls.ts';

describe('tlsFor', () => {
  it.each(['localhost', '127.0.0.1', '127.0.1.1', '::1', '[::1]'])('needs no TLS on this machine: %s', (host) => {
    expect(tlsFor(host)).toEqual({});
  });

  it.each(['db.example.com', 'localhost.example.com', '127.0.0.1.nip.io', ''])(
    'verifies chain and name of a server outside this machine: %j',
    (host) => {
      expect(tlsFor(host).ssl).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
    },
  );

  it.each(['10.0.0.5', '[2001:db8::1]'])('rejects a server that is known only by its address: %s', (host) => {
    expect(() => tlsFor(host)).toThrow(UnverifiableServerError);
    expect(() => tlsFor(host)).toThrow(/by its host name/);
  });

  it('trusts the given authorities (verifiedTls)', () => {
    expect(verifiedTls(['one', 'two']).ca).toEqual(['one', 'two']);
    expect(verifiedTls()).not.toHaveProperty('ca');
  });
});
