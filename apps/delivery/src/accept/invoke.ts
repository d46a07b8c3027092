/**
 * Invokes a Lambda function. Retries while Lambda recreates the function's network interface, which Lambda removes
 * after weeks without calls.
 */
import { InvokeCommand, ResourceConflictException, ResourceNotReadyException } from '@aws-sdk/client-lambda';
import { SeenError } from './check.ts';
import type { AcceptContext } from './context.ts';

/** Lambda needs about a minute to recreate the network interface: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html */
const READY_SECONDS = 300;

/**
 * @returns the response of the function
 * @throws {SeenError} the function failed.
 */
export async function invoke(
  { account, pace }: Pick<AcceptContext, 'account' | 'pace'>,
  FunctionName: string,
  event: object,
): Promise<string> {
  const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) });
  const { FunctionError, Payload } = await pace.until(`${FunctionName} is ready`, READY_SECONDS, () =>
    account.lambda.send(command).catch((error: unknown) => {
      if (error instanceof ResourceNotReadyException || error instanceof ResourceConflictException) return undefined;
      throw error;
    }),
  );
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError === undefined) return text;
  throw new SeenError(`${FunctionName} failed (${FunctionError}): ${text.slice(0, 500)}`);
}
