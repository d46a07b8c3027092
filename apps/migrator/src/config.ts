import { readVariables, sharedVariables, type Variables } from '@centflow/lambda-kit/config';
import type { Role } from '@centflow/schema/grants';
import * as z from 'zod';

const variables = z
  .object({
    ...sharedVariables,
    /** A host name and not an IP address, because the server's certificate contains the name. */
    DATABASE_HOST: z.string().min(1),
    DATABASE_PORT: z.coerce.number().int().min(1).max(65_535),
    DATABASE_NAME: z.string().min(1),
    /** The secret that RDS created, with `username` and `password`. */
    ADMINISTRATOR_SECRET: z.string().min(1),
    MIGRATOR_SECRET: z.string().min(1),
    LOADER_SECRET: z.string().min(1),
    REPORTER_SECRET: z.string().min(1),
  })
  .transform((read) => ({
    environment: read.ENVIRONMENT,
    region: read.AWS_REGION,
    host: read.DATABASE_HOST,
    port: read.DATABASE_PORT,
    database: read.DATABASE_NAME,
    /**
     * The certificate authorities to trust, as PEM. If undefined, the migrator trusts RDS's authorities for the region.
     */
    authorities: read.DATABASE_CA,
    administratorSecret: read.ADMINISTRATOR_SECRET,
    secrets: {
      migrator: read.MIGRATOR_SECRET,
      loader: read.LOADER_SECRET,
      reporter: read.REPORTER_SECRET,
    } satisfies Record<Role, string>,
  }));

/** The migrator's configuration. It contains the names of the secrets, not their values. */
export type MigratorConfig = Readonly<z.output<typeof variables>>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigError} if a variable is missing or invalid. The message names every such variable.
 */
export function readConfig(env: Variables): MigratorConfig {
  return readVariables('migrator', variables, env);
}
