import { ConfigError } from '@centflow/lambda-kit/config';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const complete = {
  UPLOADS_BUCKET: 'centflow-test-uploads',
  GLUE_JOB_NAME: 'centflow-test-load',
  ENVIRONMENT: 'staging',
};

describe('readConfig', () => {
  test('requires the bucket, the job and the environment, and has defaults for the other variables', () => {
    expect(readConfig(complete)).toEqual({
      uploadsBucket: 'centflow-test-uploads',
      manifestPrefix: 'manifests/',
      glueJobName: 'centflow-test-load',
      environment: 'staging',
      startWaitMs: 0,
    });
  });

  test('converts the wait from seconds to milliseconds', () => {
    expect(readConfig({ ...complete, START_WAIT_SECONDS: '20' }).startWaitMs).toBe(20_000);
  });

  test('names every missing variable in one error', () => {
    expect(() => readConfig({})).toThrow(ConfigError);
    expect(() => readConfig({})).toThrow(/UPLOADS_BUCKET.*GLUE_JOB_NAME.*ENVIRONMENT/);
  });

  test.each([
    ['an empty environment', { ENVIRONMENT: '' }, /ENVIRONMENT/],
    ['a manifest prefix without a trailing slash', { MANIFEST_PREFIX: 'manifests' }, /MANIFEST_PREFIX: must end/],
    ['a manifest prefix under raw/', { MANIFEST_PREFIX: 'raw/manifests/' }, /not be under raw\//],
    ['a wait longer than the maximum duration of a Lambda', { START_WAIT_SECONDS: '901' }, /START_WAIT_SECONDS/],
  ])('rejects %s', (_, wrong, message) => {
    expect(() => readConfig({ ...complete, ...wrong })).toThrow(message);
  });
});
