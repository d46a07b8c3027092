import { describe, expect, it } from 'vitest';
import { tlsFor, UnverifiableServerError, verifiedTls } from './tls.ts';

describe('tlsFor', () => {
  it.each(['localhost', '127.0.0.1', '127.0.1.1', '::1', '[::1]'])('requires no TLS for the local host %s', (host) => {
    expect(tlsFor(host)).toEqual({});
  });

  it.each(['db.example.com', 'localhost.example.com', '127.0.0.1.nip.io', ''])(
    'verifies the certificate chain and host name of the remote host %j',
    (host) => {
      expect(tlsFor(host).ssl).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
    },
  );

  it.each(['10.0.0.5', '[2001:db8::1]'])('rejects the IP address %s of a remote server', (host) => {
    expect(() => tlsFor(host)).toThrow(UnverifiableServerError);
    expect(() => tlsFor(host)).toThrow(/by its host name/);
  });

  it('trusts the authorities that are passed to verifiedTls', () => {
    expect(verifiedTls(['one', 'two']).ca).toEqual(['one', 'two']);
    expect(verifiedTls()).not.toHaveProperty('ca');
  });
});
