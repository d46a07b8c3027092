import * as z from 'zod';

const environmentVariables = z.object({
  ENVIRONMENT: z.enum(['dev', 'staging', 'production', 'local']),
  /** Lambda says it by itself. */
  AWS_REGION: z.string().min(1),
  /** Whose uploads may be asked about. */
  CANARY_OWNER: z.string().min(1),
  /** The secret of the user that reads the views; it also says where the database is. */
  REPORTER_SECRET: z.string().min(1),
  /** PEM of the authorities that may vouch for the database, where it is none of RDS's. */
  DATABASE_CA: z.string().optional(),
});

/** What the canary needs to know, read once when the Lambda starts. The secret only by name. */
export interface CanaryConfig {
  readonly environment: 'dev' | 'staging' | 'production' | 'local';
  readonly region: string;
  readonly owner: string;
  readonly reporterSecret: string;
  /** PEM; RDS's own of the region where undefined. */
  readonly authorities: string | undefined;
}

/** The Lambda's environment variables are missing or wrong: nothing can run until they are put right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigError} naming every variable that is missing or wrong, at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): CanaryConfig {
  const parsed = environmentVariables.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(
      `The canary's environment variables are not usable: ${problems.join('; ')}. Set them on the Lambda.`,
    );
  }
  const variables = parsed.data;
  return {
    environment: variables.ENVIRONMENT,
    region: variables.AWS_REGION,
    owner: variables.CANARY_OWNER,
    reporterSecret: variables.REPORTER_SECRET,
    // Terraform has no variable that may be left out: empty means none.
    authorities: variables.DATABASE_CA || undefined,
  };
}
