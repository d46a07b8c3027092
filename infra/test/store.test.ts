/** Rules for the key, and for the effects of an environment’s `protectData`. */
import { describe, expect, test } from 'vitest';
import { overlap, statementsOf } from '../src/testing/policies.ts';
import { stacks, stores } from '../src/testing/stores.ts';
import { ofType, one, type Resource } from '../src/testing/synthesised.ts';

const protectedStores = stores.filter(({ environment }) => environment.protectData);
const unprotectedStores = stores.filter(({ environment }) => !environment.protectData);

const preventsDestroy = ({ attributes }: Resource) =>
  (attributes.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true;

describe('the environment’s key', () => {
  test('rotates every year, and encrypts the logs', () => {
    for (const { store } of stores) {
      const key = one(store, 'aws_kms_key');
      expect(key.attributes.enable_key_rotation).toBe(true);
      for (const { address, attributes } of ofType([store], 'aws_cloudwatch_log_group')) {
        expect(attributes.kms_key_id, address).toBe(`\${aws_kms_key.${key.id}.arn}`);
      }
    }
  });

  test('allows CloudWatch Logs to encrypt every log group of any stack', () => {
    for (const { environment, store } of stores) {
      const logs = statementsOf([store]).find(({ sid }) => sid === 'LogsEncrypt');
      const arns = logs?.conditions.ArnLike?.['kms:EncryptionContext:aws:logs:arn'];
      if (!Array.isArray(arns)) throw new Error(`${store.name}: the key's policy names no log groups.`);
      const groups = ofType(
        stacks.filter(({ name }) => name.startsWith(`${environment.name}-`)),
        'aws_cloudwatch_log_group',
      );
      for (const { address, attributes } of groups) {
        const arn = `arn:aws:logs:${environment.region}:${environment.accountId}:log-group:${attributes.name}`;
        expect(
          arns.some((pattern) => overlap(pattern, arn)),
          address,
        ).toBe(true);
      }
    }
  });
});

describe('an environment with protectData: true', () => {
  test('`production` is one of the protected environments', () => {
    expect(protectedStores.map(({ environment }) => environment.name)).toContain('production');
    expect(unprotectedStores.length).toBeGreaterThan(0);
  });

  test('Terraform refuses to destroy the key, the buckets and the database', () => {
    for (const { store } of protectedStores) {
      const protectedResources = ofType([store], 'aws_kms_key', 'aws_s3_bucket', 'aws_db_instance');
      expect(protectedResources.length).toBe(4);
      expect(protectedResources.filter((resource) => !preventsDestroy(resource))).toEqual([]);
      for (const bucket of ofType([store], 'aws_s3_bucket')) expect(bucket.attributes.force_destroy).toBe(false);
    }
  });

  test('RDS refuses to delete the database, keeps backups, and leaves a final snapshot', () => {
    for (const { environment, store, names } of protectedStores) {
      const { attributes } = one(store, 'aws_db_instance', { engine: 'mysql' });
      expect(attributes).toMatchObject({
        deletion_protection: true,
        skip_final_snapshot: false,
        final_snapshot_identifier: `${names.databaseInstance}-final`,
        delete_automated_backups: false,
        copy_tags_to_snapshot: true,
        backup_retention_period: environment.database.backupDays,
        apply_immediately: false,
      });
      expect(attributes.backup_retention_period).toBeGreaterThanOrEqual(7);
    }
  });

  test('production has a standby and a month of backups', () => {
    const production = protectedStores.find(({ environment }) => environment.name === 'production');
    if (production === undefined) throw new Error('production is missing');
    const { attributes } = one(production.store, 'aws_db_instance', { engine: 'mysql' });
    expect(attributes.multi_az).toBe(true);
    expect(attributes.backup_retention_period).toBeGreaterThanOrEqual(28);
  });
});

describe('an environment with protectData: false', () => {
  test('`destroy` may delete all resources', () => {
    for (const { store } of unprotectedStores) {
      expect(store.resources.filter(preventsDestroy)).toEqual([]);
      for (const bucket of ofType([store], 'aws_s3_bucket')) expect(bucket.attributes.force_destroy).toBe(true);
      for (const { attributes } of ofType([store], 'aws_db_instance')) {
        expect(attributes).toMatchObject({ skip_final_snapshot: true, delete_automated_backups: true });
        expect(attributes).toMatchObject({ deletion_protection: false });
      }
    }
  });
});
