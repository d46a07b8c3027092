/** Rules for the database and for the storage of secrets. */
import { describe, expect, test } from 'vitest';
import { checkEnvironment, type Environment, EnvironmentError } from '../src/environment.ts';
import { readEnvironment } from '../src/environments.ts';
import { stacks, stores } from '../src/testing/stores.ts';
import { ofType, one, stackNamed, synthesised } from '../src/testing/synthesised.ts';

describe('the database', () => {
  const instances = ofType(stacks, 'aws_db_instance');

  test('is MySQL 8.4 on Graviton, with growing storage and required TLS', () => {
    for (const { store } of stores) {
      const { attributes } = one(store, 'aws_db_instance', { engine: 'mysql' });
      expect(attributes).toMatchObject({
        engine_version: '8.4',
        storage_type: 'gp3',
        auto_minor_version_upgrade: true,
      });
      expect(attributes.instance_class).toMatch(/^db\.(t4g|[mr]\d+gd?)\./);
      expect(attributes.max_allocated_storage).toBeGreaterThan(Number(attributes.allocated_storage) * 1.1 - 1);
      const parameters = one(store, 'aws_db_parameter_group').attributes.parameter as { name: string; value: string }[];
      const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
      expect(values).toMatchObject({
        require_secure_transport: '1',
        local_infile: '1',
        collation_server: 'utf8mb4_0900_as_cs',
      });
    }
    for (const { address, attributes } of instances) {
      expect(attributes.ca_cert_identifier, address).toBe('rds-ca-rsa2048-g1');
    }
  });

  test('is encrypted, including its query statistics', () => {
    for (const { address, attributes } of instances) {
      expect(attributes.storage_encrypted, address).toBe(true);
      expect(attributes.kms_key_id, address).toMatch(/^\$\{aws_kms_key\./);
      if (attributes.performance_insights_enabled === true) {
        expect(attributes.performance_insights_kms_key_id, address).toMatch(/^\$\{aws_kms_key\./);
      }
    }
  });

  test('logs no statements, because they contain amounts and search words', () => {
    for (const { address, attributes } of ofType(stacks, 'aws_db_parameter_group')) {
      const parameters = attributes.parameter as { name: string; value: string }[];
      const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
      expect(values, address).toMatchObject({ slow_query_log: '0', general_log: '0', innodb_print_all_deadlocks: '0' });
      expect(
        Object.keys(values).filter((name) => /log|print|audit/.test(name)),
        address,
      ).toEqual(['slow_query_log', 'general_log', 'innodb_print_all_deadlocks']);
    }
  });

  test('exports only its error log to CloudWatch', () => {
    for (const { address, stack, attributes } of instances) {
      const exported = attributes.enabled_cloudwatch_logs_exports as string[];
      expect(exported, address).toEqual(['error']);
      const groups = ofType(
        stacks.filter(({ name }) => name === stack),
        'aws_cloudwatch_log_group',
      ).map((group) => String(group.attributes.name));
      expect(groups.filter((name) => name.startsWith('/aws/rds/'))).toEqual([
        `/aws/rds/instance/${attributes.identifier}/error`,
      ]);
    }
  });

  test('has query statistics if its class supports them, with the retention of the mode', () => {
    const days = { standard: 7, advanced: 465 };
    for (const { environment, store } of stores) {
      const { instanceClass, insights } = environment.database;
      for (const { address, attributes } of ofType([store], 'aws_db_instance')) {
        if (/^db\.t4g\.(micro|small)$/.test(instanceClass)) {
          expect(attributes, address).not.toHaveProperty('performance_insights_enabled');
        } else {
          expect(attributes, address).toMatchObject({
            performance_insights_enabled: true,
            database_insights_mode: insights,
            performance_insights_retention_period: days[insights],
          });
        }
      }
    }
  });

  test('cannot be configured with insights or storage that RDS would reject', () => {
    const dev = readEnvironment('dev');
    const devWith = (database: Partial<Environment['database']>) =>
      checkEnvironment({ ...dev, database: { ...dev.database, ...database } });
    expect(() => devWith({ insights: 'advanced' })).toThrow(EnvironmentError);
    expect(() => devWith({ insights: 'advanced' })).toThrow(
      'database.insights is "advanced"; it must be standard, because db.t4g.micro does not support Database Insights; db.t4g.medium does',
    );
    expect(() => devWith({ storageGib: 100, maxStorageGib: 105 })).toThrow(
      'database.maxStorageGib is 105; it must be storageGib (100) for a fixed size, or at least 110',
    );
    const fixed = synthesised([devWith({ storageGib: 100, maxStorageGib: 100 })]);
    expect(one(stackNamed(fixed, `${dev.name}-store`), 'aws_db_instance').attributes).not.toHaveProperty(
      'max_allocated_storage',
    );
  });
});

describe('the database secrets', () => {
  test('no stack contains the value of a secret', () => {
    const holding = /password|passwd|secret_string|secret_binary|private_key|auth_token|api_key/i;
    // These attributes are the user pool's rules for passwords, and contain no passwords.
    const rule = /^(password_policy|temporary_password_validity_days)$/;
    const found = stacks.flatMap(({ resources }) =>
      resources.flatMap(({ address, attributes }) =>
        keysOf(attributes)
          .filter(([key, value]) => holding.test(key) && !rule.test(key) && value !== true)
          .map(([key]) => `${address}: ${key}`),
      ),
    );
    expect(found).toEqual([]);
    expect(ofType(stacks, 'aws_secretsmanager_secret_version', 'aws_ssm_parameter', 'random_password')).toEqual([]);
  });

  test('RDS creates the administrator’s secret, and encrypts it with the environment’s key', () => {
    for (const { store } of stores) {
      const { attributes } = one(store, 'aws_db_instance', { engine: 'mysql' });
      expect(attributes).toMatchObject({ username: 'administrator', manage_master_user_password: true });
      expect(attributes.master_user_secret_kms_key_id).toMatch(/^\$\{aws_kms_key\./);
    }
  });
});

/** Returns every key at any depth, with its value. */
function keysOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key, inner] as [string, unknown], ...keysOf(inner)]);
}
