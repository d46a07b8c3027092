import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rdsAuthorities, UnknownRegionError } from './rds-authorities.ts';

describe('rdsAuthorities', () => {
  test.each(['eu-west-1', 'us-east-1', 'ap-southeast-2'])(
    'returns only the valid root certificates of %s',
    (region) => {
      const roots = rdsAuthorities(region).map((pem) => new X509Certificate(pem));
      expect(roots.length).toBeGreaterThanOrEqual(3);
      for (const root of roots) {
        expect(root.ca).toBe(true);
        expect(root.subject).toBe(root.issuer);
        expect(root.subject).toContain(`CN=Amazon RDS ${region} Root CA`);
        expect(new Date(root.validTo).getFullYear()).toBeGreaterThan(2060);
      }
    },
  );

  test.each(['eu-west-99', 'west', ''])('rejects the unknown region %j', (region) => {
    expect(() => rdsAuthorities(region)).toThrow(UnknownRegionError);
  });
});
