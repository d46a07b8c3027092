/** Creates a temporary certificate authority and its server certificates. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

export interface Authority {
  /**
   * The certificate of the authority as PEM. A client that trusts this certificate accepts every server whose
   * certificate the authority has issued.
   */
  readonly pem: string;
  /** Issues a certificate for a host name, by default for `localhost` and 127.0.0.1. */
  issue(hostName?: string): Promise<Certificate>;
}

/** The certificate's alternative name for 127.0.0.1. */
const LOOPBACK = { type: 7, ip: '127.0.0.1' } as const;

/** Creates an authority. */
export async function createAuthority(name: string): Promise<Authority> {
  // Imported only here, because the import takes 0.3 s and `npm start` creates no certificate.
  const { generate } = await import('selfsigned');
  const own = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    pem: own.cert,
    issue: async (hostName) => {
      const name = hostName ?? 'localhost';
      const issued = await generate([{ name: 'commonName', value: name }], {
        algorithm: 'sha256',
        ca: { key: own.private, cert: own.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
          { name: 'extKeyUsage', serverAuth: true },
          {
            name: 'subjectAltName',
            altNames: [{ type: 2, value: name }, ...(hostName === undefined ? [LOOPBACK] : [])],
          },
        ],
      });
      return { certificate: issued.cert, key: issued.private };
    },
  };
}

/**
 * Writes a certificate and its key into a folder. Only the current user can read them.
 *
 * @returns the paths of the files
 */
export function writeCertificate(content: Certificate, folder: string, name: string): Certificate {
  const files = { certificate: join(folder, `${name}-certificate.pem`), key: join(folder, `${name}-key.pem`) };
  writeFileSync(files.certificate, content.certificate, { mode: 0o600 });
  writeFileSync(files.key, content.key, { mode: 0o600 });
  return files;
}
