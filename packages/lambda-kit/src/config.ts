/** Reads a Lambda's configuration from its environment variables, once, when the Lambda starts. */
import * as z from 'zod';

/** Environment variables, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Thrown if environment variables of the Lambda are missing or invalid. A retry does not help. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Environment variables that several Lambdas use. */
export const sharedVariables = {
  /** The name of the environment in logs and metrics (infra/src/environments.ts), or `local` on one machine. */
  ENVIRONMENT: z.string().regex(/^[a-z][a-z0-9-]*$/, 'not the name of an environment'),
  /** The region. Lambda sets this variable. */
  AWS_REGION: z.string().min(1),
  /**
   * The database's certificate authorities as PEM, if it does not use those of RDS. An empty value means the same as no
   * value,
   * because Terraform cannot omit a variable.
   */
  DATABASE_CA: z
    .string()
    .optional()
    .transform((pem) => pem || undefined),
};

/**
 * Parses environment variables.
 *
 * @param name the Lambda's name in the error message
 * @throws {ConfigError} if a variable is missing or invalid. The message names every such variable.
 */
export function readVariables<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  env: Variables,
): z.output<Schema> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ConfigError(
    `The ${name}'s environment variables are not usable: ${problems.join('; ')}. Set them on the Lambda.`,
  );
}
