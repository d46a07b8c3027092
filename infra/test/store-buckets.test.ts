/** Rules for every bucket: uploads, artifacts, the console’s pages, Terraform’s state, and deliveries. */
import { describe, expect, test } from 'vitest';
import { deliveryBucketOf, stateBucketOf } from '../src/names.ts';
import { OWNERS_PREFIXES } from '../src/policy/owners-objects.ts';
import { statementsOf } from '../src/testing/policies.ts';
import { environments, stacks, stores } from '../src/testing/stores.ts';
import { type Attributes, ofType, one, type Resource } from '../src/testing/synthesised.ts';

describe('every bucket', () => {
  const buckets = ofType(stacks, 'aws_s3_bucket');

  test('belongs to an environment (uploads, artifacts, pages) or to an account (state, deliveries)', () => {
    expect(buckets.map(({ attributes }) => attributes.bucket).sort()).toEqual(
      [
        ...stores.flatMap(({ names }) => [names.uploadsBucket, names.artifactsBucket, names.consoleBucket]),
        ...new Set(environments.flatMap((environment) => [stateBucketOf(environment), deliveryBucketOf(environment)])),
      ].sort(),
    );
  });

  test('is closed to the public', () => {
    for (const bucket of buckets) {
      const { public_access_block, ownership_controls } = partsOf(bucket);
      expect(public_access_block, bucket.address).toMatchObject({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(ownership_controls?.rule, bucket.address).toEqual({ object_ownership: 'BucketOwnerEnforced' });
    }
  });

  test('keeps versions, and expires old ones and unfinished uploads', () => {
    for (const bucket of buckets) {
      const { versioning, lifecycle_configuration } = partsOf(bucket);
      expect(versioning?.versioning_configuration, bucket.address).toEqual({ status: 'Enabled' });
      const rules = lifecycle_configuration?.rule as Attributes[];
      expect(rules.flatMap(Object.keys), bucket.address).toEqual(
        expect.arrayContaining(['noncurrent_version_expiration', 'abort_incomplete_multipart_upload']),
      );
    }
  });

  test('rejects requests without TLS 1.2 or newer', () => {
    for (const bucket of buckets) {
      const { policy } = partsOf(bucket);
      const denied = statementsOf(stacks).filter(({ resource }) => resource.attributes === policy);
      const arn = `arn:aws:s3:::${bucket.attributes.bucket}`;
      for (const conditions of [
        { Bool: { 'aws:SecureTransport': 'false' } },
        { NumericLessThan: { 's3:TlsVersion': '1.2' } },
      ]) {
        expect(denied, bucket.address).toContainEqual(
          expect.objectContaining({
            effect: 'Deny',
            principal: '*',
            actions: ['s3:*'],
            resources: [arn, `${arn}/*`],
            conditions,
          }),
        );
      }
      const readers = denied.filter(({ effect }) => effect === 'Allow').map(({ principal }) => principal);
      const isOfPages = bucket.stack.endsWith('-console');
      expect(readers, bucket.address).toEqual(isOfPages ? [{ Service: ['cloudfront.amazonaws.com'] }] : []);
    }
  });

  test('is encrypted with the environment’s key, except for bootstrap and the public pages, which use S3’s key', () => {
    for (const bucket of buckets) {
      const { server_side_encryption_configuration } = partsOf(bucket);
      const hasOwnKey = !bucket.stack.startsWith('bootstrap-') && !bucket.stack.endsWith('-console');
      expect(server_side_encryption_configuration?.rule, bucket.address).toEqual([
        hasOwnKey
          ? {
              apply_server_side_encryption_by_default: {
                sse_algorithm: 'aws:kms',
                kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\..+\.arn\}$/),
              },
              bucket_key_enabled: true,
            }
          : { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } },
      ]);
    }
  });
});

describe('the uploads bucket', () => {
  const rulesOf = ({ store, names }: (typeof stores)[number]) =>
    partsOf(one(store, 'aws_s3_bucket', { bucket: names.uploadsBucket })).lifecycle_configuration?.rule as Attributes[];

  test('never expires the newest version of an upload', () => {
    for (const found of stores) {
      for (const { id, filter, expiration } of rulesOf(found)) {
        const [{ prefix }] = filter as [{ prefix: string }];
        const days = (expiration as [Attributes] | undefined)?.[0]?.days;
        if (days !== undefined) expect(prefix, `${found.store.name}: ${id} expires uploads`).toBe('manifests/');
      }
    }
  });

  test('keeps old versions for keepOldVersionsDays under every prefix in which people replace or delete objects', () => {
    const folders = OWNERS_PREFIXES.map((prefix) => prefix.slice(0, prefix.indexOf('/') + 1));
    expect(folders).toContain('templates/');
    for (const found of stores) {
      for (const prefix of folders) {
        expect(rulesOf(found), `${found.store.name}: ${prefix}`).toContainEqual(
          expect.objectContaining({
            filter: [{ prefix }],
            noncurrent_version_expiration: [{ noncurrent_days: found.environment.uploads.keepOldVersionsDays }],
            expiration: [{ expired_object_delete_marker: true }],
          }),
        );
      }
    }
  });
});

/** Returns the other resources of a bucket, by their types. */
function partsOf(bucket: Resource): Record<string, Attributes> {
  const reference = `\${aws_s3_bucket.${bucket.id}.id}`;
  return Object.fromEntries(
    stacks
      .filter(({ name }) => name === bucket.stack)
      .flatMap(({ resources }) => resources.filter(({ attributes }) => attributes.bucket === reference))
      .map(({ type, attributes }) => [type.replace('aws_s3_bucket_', ''), attributes]),
  );
}
