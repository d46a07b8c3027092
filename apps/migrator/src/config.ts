import type { Role } from '@centflow/schema/grants';
import * as z from 'zod';

const environmentVariables = z.object({
  ENVIRONMENT: z.enum(['dev', 'staging', 'production', 'local']),
  /** Lambda says it by itself. */
  AWS_REGION: z.string().min(1),
  /** A name and no address: the server's certificate is for it. */
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: z.coerce.number().int().min(1).max(65_535),
  DATABASE_NAME: z.string().min(1),
  /** PEM of the authorities that may vouch for the database, where it is none of RDS's. */
  DATABASE_CA: z.string().optional(),
  /** The secret that RDS made, with `username` and `password`. */
  ADMINISTRATOR_SECRET: z.string().min(1),
  MIGRATOR_SECRET: z.string().min(1),
  LOADER_SECRET: z.string().min(1),
  REPORTER_SECRET: z.string().min(1),
});

/** What the migrator needs to know, read once when the Lambda starts. Secrets only by name. */
export interface MigratorConfig {
  readonly environment: 'dev' | 'staging' | 'production' | 'local';
  readonly region: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PEM; RDS's own of the region where undefined. */
  readonly authorities: string | undefined;
  readonly administratorSecret: string;
  readonly secrets: Readonly<Record<Role, string>>;
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
export function readConfig(env: Readonly<Record<string, string | undefined>>): MigratorConfig {
  const parsed = environmentVariables.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(
      `The migrator's environment variables are not usable: ${problems.join('; ')}. Set them on the Lambda.`,
    );
  }
  const variables = parsed.data;
  return {
    environment: variables.ENVIRONMENT,
    region: variables.AWS_REGION,
    host: variables.DATABASE_HOST,
    port: variables.DATABASE_PORT,
    database: variables.DATABASE_NAME,
    // Terraform has no variable that may be left out: empty means none.
    authorities: variables.DATABASE_CA || undefined,
    administratorSecret: variables.ADMINISTRATOR_SECRET,
    secrets: {
      migrator: variables.MIGRATOR_SECRET,
      loader: variables.LOADER_SECRET,
      reporter: variables.REPORTER_SECRET,
    },
  };
}
