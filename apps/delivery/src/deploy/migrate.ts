/** Asks the migrator to go on: what a deployment does by itself, for when one has failed half-way. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { namesOf } from '@centflow/infra';
import * as z from 'zod';
import type { OpenEnvironment } from '../open-environment.ts';

/** The database could not be brought up to date. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const answer = z.object({ applied: z.array(z.string()), unknown: z.array(z.string()) });
const failure = z.object({ errorMessage: z.string() });

/** @throws {MigrationError} a statement failed; says which, and what was done before it. */
export async function migrate({ lambda, environment }: OpenEnvironment): Promise<z.infer<typeof answer>> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: namesOf(environment).migrator, Payload: new TextEncoder().encode('{}') }),
  );
  const said: unknown = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError === undefined) return answer.parse(said);
  throw new MigrationError(failure.safeParse(said).data?.errorMessage ?? `The migrator failed: ${FunctionError}.`);
}
