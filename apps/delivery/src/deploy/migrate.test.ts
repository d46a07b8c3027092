import {
  type InvokeCommand,
  type LambdaClient,
  ResourceConflictException,
  ResourceNotFoundException,
  ResourceNotReadyException,
} from '@aws-sdk/client-lambda';
import { readEnvironment } from '@centflow/infra';
import { describe, expect, test } from 'vitest';
import { MigrationError, migrate, wakeMigrator } from './migrate.ts';

const $metadata = {};
const inactive = new ResourceNotReadyException({ $metadata, message: 'The function is inactive.' });
const pending = new ResourceConflictException({ $metadata, message: 'The function is in the state Pending.' });
const missing = new ResourceNotFoundException({ $metadata, message: 'Function not found.' });
const payload = (value: object) => new TextEncoder().encode(JSON.stringify(value));
const done = { Payload: payload({ applied: ['0001'], unknown: [] }) };
const patience = { pauseMs: 1, deadlineMs: 5000 };

/**
 * Returns a Lambda client that gives these answers in turn and repeats the last one. An answer that is an error is
 * thrown.
 */
function lambdaWith(...answers: readonly (object | Error)[]) {
  const invoked: string[] = [];
  const send = async ({ input }: InvokeCommand) => {
    const answer = answers[Math.min(invoked.length, answers.length - 1)];
    invoked.push(input.FunctionName ?? '');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { invoked, environment: readEnvironment('dev'), lambda: { send } as unknown as LambdaClient };
}

describe('migrateDatabase', () => {
  test('invokes an inactive migrator again until Lambda has reactivated it', async () => {
    const open = lambdaWith(inactive, pending, pending, done);
    expect(await migrate(open, patience)).toEqual({ applied: ['0001'], unknown: [] });
    expect(open.invoked).toEqual(Array(4).fill('centflow-dev-migrator'));
  });

  test('fails if the migrator is not ready within the deadline', async () => {
    const open = lambdaWith(pending);
    await expect(migrate(open, { pauseMs: 10, deadlineMs: 50 })).rejects.toBe(pending);
    expect(open.invoked.length).toBeGreaterThan(1);
  });

  test('does not invoke the migrator again if it does not exist', async () => {
    const open = lambdaWith(missing, done);
    await expect(migrate(open, patience)).rejects.toBe(missing);
    expect(open.invoked).toHaveLength(1);
  });

  test('does not invoke the migrator again if a statement failed', async () => {
    const open = lambdaWith({ FunctionError: 'Unhandled', Payload: payload({ errorMessage: 'No such table' }) }, done);
    await expect(migrate(open, patience)).rejects.toThrow(new MigrationError('No such table'));
    expect(open.invoked).toHaveLength(1);
  });
});

describe('wakeMigrator', () => {
  test('invokes an inactive migrator, and waits until it answers', async () => {
    const open = lambdaWith({ Configuration: { State: 'Inactive' } }, inactive, pending, done);
    await wakeMigrator(open, patience);
    expect(open.invoked).toHaveLength(4);
  });

  test.each([
    ['does not invoke an active migrator', { Configuration: { State: 'Active' } }],
    ['continues if the migrator does not exist yet', missing],
  ])('%s', async (_, answer) => {
    const open = lambdaWith(answer);
    await wakeMigrator(open, patience);
    expect(open.invoked).toHaveLength(1);
  });
});
