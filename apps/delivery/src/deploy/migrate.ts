/**
 * Invokes the migrator to continue a migration that failed half-way. A deployment runs the migrator through Terraform
 * instead.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  GetFunctionCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  ResourceConflictException,
  ResourceNotFoundException,
  ResourceNotReadyException,
} from '@aws-sdk/client-lambda';
import { namesOf } from '@centflow/infra';
import * as z from 'zod';
import type { OpenEnvironment } from '../open-environment.ts';

/** Thrown if a migration of the database failed. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const answer = z.object({ applied: z.array(z.string()), unknown: z.array(z.string()) });
const failure = z.object({ errorMessage: z.string() });

/**
 * How long to wait until Lambda has reactivated an inactive function, in milliseconds. Lambda removes the network
 * interface of a function that was not called for weeks. The next call fails, and Lambda recreates the interface, which
 * takes about a minute: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export interface Patience {
  readonly pauseMs: number;
  readonly deadlineMs: number;
}
const PATIENCE: Patience = { pauseMs: 5000, deadlineMs: 300_000 };

/**
 * @throws {MigrationError} a statement failed. The message contains the statement and the applied migrations.
 * @throws the AWS error if the migrator cannot be invoked or is not ready within the deadline.
 */
export async function migrate(
  { lambda, environment }: Pick<OpenEnvironment, 'lambda' | 'environment'>,
  patience: Patience = PATIENCE,
): Promise<z.infer<typeof answer>> {
  const command = new InvokeCommand({
    FunctionName: namesOf(environment).migrator,
    Payload: new TextEncoder().encode('{}'),
  });
  const { Payload, FunctionError } = await onceReady(() => lambda.send(command), patience);
  const payload: unknown = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError === undefined) return answer.parse(payload);
  throw new MigrationError(
    failure.safeParse(payload).data?.errorMessage ?? `The migrator failed with ${FunctionError}.`,
  );
}

/**
 * Wakes an inactive migrator before Terraform applies `load`. Terraform then invokes the migrator, and does not retry a
 * failed call.
 *
 * @throws what {@link migrate} throws
 */
export async function wakeMigrator(
  open: Pick<OpenEnvironment, 'lambda' | 'environment'>,
  patience: Patience = PATIENCE,
): Promise<void> {
  const FunctionName = namesOf(open.environment).migrator;
  try {
    const { Configuration } = await open.lambda.send(new GetFunctionCommand({ FunctionName }));
    if (Configuration?.State !== 'Inactive') return;
  } catch (error) {
    // The function does not exist before the first deployment.
    if (error instanceof ResourceNotFoundException) return;
    throw error;
  }
  await migrate(open, patience);
}

async function onceReady(
  invoke: () => Promise<InvokeCommandOutput>,
  { pauseMs, deadlineMs }: Patience,
): Promise<InvokeCommandOutput> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await invoke();
    } catch (error) {
      if (!isNotReady(error) || performance.now() + pauseMs > deadline) throw error;
    }
    await pause(pauseMs);
  }
}

/**
 * Returns whether Lambda failed before it called the function's code:
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html.
 */
function isNotReady(error: unknown): boolean {
  return error instanceof ResourceNotReadyException || error instanceof ResourceConflictException;
}
