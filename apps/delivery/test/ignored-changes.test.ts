/** Tests that a file can add ignored changes to a plan without other effects on the lifecycle of resources. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '@centflow/infra/environments';
import { synthesise } from '@centflow/infra/synthesise';
import { IgnoredChangesError } from '@centflow/terraform/errors';
import { type IgnoredChanges, readIgnoredChanges } from '@centflow/terraform/ignored-changes';
import type { Synthesised } from '@centflow/terraform/working-directory';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Deployment } from '../src/infra/deployment.ts';

let folder: string;
const terraform = { version: '1.11.0', pluginMirror: undefined, environment: {} };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'centflow-ignored-'));
  synthesise([readEnvironment('production')], join(folder, 'synthesised'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** Returns the path of a stage's override file, which may not exist. */
function overrideOf(stage: 'store' | 'load' | 'watch', ignoredChanges?: IgnoredChanges): string {
  const options = { terraform, folder: join(folder, 'terraform'), synthesised: join(folder, 'synthesised') };
  const deployment = new Deployment(readEnvironment('production'), {
    ...options,
    ...(ignoredChanges === undefined ? {} : { ignoredChanges }),
  });
  return join(deployment.stage(stage).folder, 'ignored-changes_override.tf.json');
}

const readOverride = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Synthesised;

function ignoredIn(content: string): string {
  const file = join(folder, 'ignored.json');
  writeFileSync(file, content);
  return file;
}

describe('the ignored changes of a plan', () => {
  test('the ignored changes of a plan are empty without a file', () => {
    vi.stubEnv('CENTFLOW_IGNORE_CHANGES', '');
    expect(readIgnoredChanges()).toEqual({});
    expect(existsSync(overrideOf('store'))).toBe(false);
  });

  test('the ignored changes apply to every resource of a type in the file', () => {
    vi.stubEnv('CENTFLOW_IGNORE_CHANGES', ignoredIn('{ "aws_vpc_endpoint": ["policy", "private_dns_enabled"] }'));
    const endpoints = readOverride(overrideOf('store')).resource?.aws_vpc_endpoint ?? {};
    expect(Object.keys(endpoints)).toHaveLength(3);
    for (const { lifecycle } of Object.values(endpoints)) {
      expect(lifecycle).toEqual({ ignore_changes: ['policy', 'private_dns_enabled'] });
    }
    expect(existsSync(overrideOf('watch')), 'a stack without an endpoint').toBe(false);
  });

  test('the ignored changes are added to the stack’s own list, and the stack’s other lifecycle settings stay', () => {
    const store = readOverride(overrideOf('store', { aws_db_instance: ['backup_window'], aws_kms_key: ['policy'] }));
    const protecting = { prevent_destroy: true, ignore_changes: ['backup_window'] };
    expect(Object.values(store.resource?.aws_db_instance ?? {})).toContainEqual({
      lifecycle: expect.objectContaining(protecting),
    });
    expect(Object.values(store.resource?.aws_kms_key ?? {})).toEqual([
      { lifecycle: { prevent_destroy: true, ignore_changes: ['policy'] } },
    ]);
    const load = readOverride(overrideOf('load', { aws_glue_catalog_table: ['owner'], aws_s3_object: ['tags_all'] }));
    for (const { lifecycle } of Object.values(load.resource?.aws_glue_catalog_table ?? {})) {
      expect((lifecycle as { ignore_changes: string[] }).ignore_changes).toEqual(
        expect.arrayContaining(['parameters["objectCount"]', 'owner']),
      );
    }
    for (const { lifecycle } of Object.values(load.resource?.aws_s3_object ?? {})) {
      expect(lifecycle).toEqual({ create_before_destroy: true, ignore_changes: ['tags_all'] });
    }
  });

  test.each([
    ['that is not JSON', 'aws_vpc_endpoint: policy'],
    ['that names a type outside the AWS provider', '{ "vpc_endpoint": ["policy"] }'],
    ['whose attributes are not a list', '{ "aws_vpc_endpoint": "policy" }'],
  ])('readIgnoredChanges refuses a file %s', (_, content) => {
    const file = ignoredIn(content);
    expect(() => readIgnoredChanges(file)).toThrow(IgnoredChangesError);
    expect(() => readIgnoredChanges(file)).toThrow(
      /CENTFLOW_IGNORE_CHANGES names .*ignored\.json.*Unset the variable/s,
    );
    expect(() => readIgnoredChanges(join(folder, 'missing.json'))).toThrow(IgnoredChangesError);
  });
});
