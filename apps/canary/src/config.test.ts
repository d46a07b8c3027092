import { ConfigError } from '@centflow/lambda-kit/config';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const variables = {
  ENVIRONMENT: 'dev',
  AWS_REGION: 'eu-west-1',
  CANARY_OWNER: 'centflow-canary',
  REPORTER_SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:centflow-dev/reporter-abcdef',
  DATABASE_CA: '',
};

describe('readConfig', () => {
  test('uses the certificate authorities of RDS unless DATABASE_CA is set', () => {
    expect(readConfig(variables)).toEqual({
      environment: 'dev',
      region: 'eu-west-1',
      owner: 'centflow-canary',
      reporterSecret: variables.REPORTER_SECRET,
      authorities: undefined,
    });
    expect(readConfig({ ...variables, DATABASE_CA: 'PEM' }).authorities).toBe('PEM');
  });

  test('names every missing or invalid variable in one error', () => {
    const { REPORTER_SECRET: _, ...others } = variables;
    expect(() => readConfig({ ...others, CANARY_OWNER: '', ENVIRONMENT: '' })).toThrow(ConfigError);
    expect(() => readConfig({ ...others, CANARY_OWNER: '', ENVIRONMENT: '' })).toThrow(
      /ENVIRONMENT.*CANARY_OWNER.*REPORTER_SECRET.*Set them on the Lambda/,
    );
  });
});
