import * as z from 'zod';
import { signIn } from '../contract/session.ts';

/** Which of the two functions this is: they have one bundle, and different rights. */
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
  ENVIRONMENT: z.enum(['dev', 'staging', 'production', 'local']),
  /** Lambda says it by itself. */
  AWS_REGION: z.string().min(1),
  /** Where the console's pages come from: `https://<CloudFront domain>`. */
  CONSOLE_ORIGIN: z.url(),
  /** JSON: how the web signs people in. */
  SIGN_IN: json.pipe(signIn),
};

const consoleVariables = z.object({
  ...shared,
  UPLOADS_BUCKET: z.string().min(1),
  /** The secret of the user that reads the views. */
  DATABASE_SECRET_ARN: z.string().min(1),
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: z.coerce.number().int().positive(),
  DATABASE_NAME: z.string().min(1),
  /** PEM of the authorities that may vouch for the database, where it is none of RDS's. */
  DATABASE_CA: z.string().optional(),
});

const operationsVariables = z.object({
  ...shared,
  GLUE_JOB_NAME: z.string().min(1),
  QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URL: z.url(),
  /** What the names of the environment's alarms begin with. */
  ALARM_PREFIX: z.string().min(1),
});

export type ConsoleConfig = z.infer<typeof consoleVariables>;
export type OperationsConfig = z.infer<typeof operationsVariables>;
export type LambdaConfig =
  | { readonly name: 'console'; readonly variables: ConsoleConfig }
  | { readonly name: 'operations'; readonly variables: OperationsConfig };

/** The Lambda's environment variables are missing or wrong: nothing can run until they are put right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Variables = Readonly<Record<string, string | undefined>>;

/** @throws {ConfigError} naming every variable that is missing or wrong, at once. */
export function readLambdaConfig(env: Variables): LambdaConfig {
  const name = parse(z.object({ FUNCTION: functionName }), env).FUNCTION;
  if (name === 'console') return { name, variables: parse(consoleVariables, env) };
  return { name, variables: parse(operationsVariables, env) };
}

function parse<Schema extends z.ZodType>(schema: Schema, env: Variables): z.output<Schema> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ConfigError(
    `The console's environment variables are not usable: ${problems.join('; ')}. Set them on the Lambda.`,
  );
}
