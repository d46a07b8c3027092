import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ConfigError, readVariables, sharedVariables } from './config.ts';

const schema = z.object(sharedVariables);
const complete = { ENVIRONMENT: 'dev', AWS_REGION: 'eu-west-1' };

describe('readVariables', () => {
  test('returns the parsed variables', () => {
    expect(readVariables('trigger', schema, complete)).toEqual(complete);
  });

  test('names every missing or invalid variable in one error', () => {
    const read = () => readVariables('trigger', schema, { ENVIRONMENT: 'Dev!' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      /^The trigger's environment variables are not usable: ENVIRONMENT: .*; AWS_REGION: .*Set them/,
    );
  });

  test('treats an empty DATABASE_CA as not set', () => {
    expect(readVariables('canary', schema, { ...complete, DATABASE_CA: '' }).DATABASE_CA).toBeUndefined();
    expect(readVariables('canary', schema, { ...complete, DATABASE_CA: 'PEM' }).DATABASE_CA).toBe('PEM');
  });
});
