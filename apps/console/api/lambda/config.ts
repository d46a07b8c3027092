import { readVariables, sharedVariables, type Variables } from '@centflow/lambda-kit/config';
import * as z from 'zod';
import { signIn } from '../contract/session.ts';

/** Which of the two functions this process is. Both functions run the same bundle, with different permissions. */
const functionName = z.enum(['console', 'operations']);

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

const shared = {
  ENVIRONMENT: sharedVariables.ENVIRONMENT,
  AWS_REGION: sharedVariables.AWS_REGION,
  /** The origin of the console's pages: `https://<CloudFront domain>`. */
  CONSOLE_ORIGIN: z.url(),
  /** How the web app signs people in, as JSON. */
  SIGN_IN: json.pipe(signIn),
};

const consoleVariables = z.object({
  ...shared,
  UPLOADS_BUCKET: z.string().min(1),
  /** The secret with the password of the database user that reads the views. */
  DATABASE_SECRET_ARN: z.string().min(1),
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: z.coerce.number().int().positive(),
  DATABASE_NAME: z.string().min(1),
  DATABASE_CA: sharedVariables.DATABASE_CA,
});

const operationsVariables = z.object({
  ...shared,
  GLUE_JOB_NAME: z.string().min(1),
  QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  /** The prefix of the environment's alarm names. */
  ALARM_PREFIX: z.string().min(1),
});

export type ConsoleConfig = z.infer<typeof consoleVariables>;
export type OperationsConfig = z.infer<typeof operationsVariables>;
export type LambdaConfig =
  | { readonly name: 'console'; readonly variables: ConsoleConfig }
  | { readonly name: 'operations'; readonly variables: OperationsConfig };

/**
 * Reads the configuration of the function that the variable FUNCTION names.
 *
 * @throws {ConfigError} with every missing or invalid variable
 */
export function readLambdaConfig(env: Variables): LambdaConfig {
  const name = readVariables('console', z.object({ FUNCTION: functionName }), env).FUNCTION;
  if (name === 'console') return { name, variables: readVariables('console', consoleVariables, env) };
  return { name, variables: readVariables('console', operationsVariables, env) };
}
