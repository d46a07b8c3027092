import { readVariables, sharedVariables, type Variables } from '@centflow/lambda-kit/config';
import * as z from 'zod';

const variables = z
  .object({
    ...sharedVariables,
    /** The only owner whose uploads the canary reports. */
    CANARY_OWNER: z.string().min(1),
    /** The secret of the user that reads the views. It also holds the address of the database. */
    REPORTER_SECRET: z.string().min(1),
  })
  .transform((read) => ({
    environment: read.ENVIRONMENT,
    region: read.AWS_REGION,
    owner: read.CANARY_OWNER,
    reporterSecret: read.REPORTER_SECRET,
    /** PEM; undefined for RDS's own authorities of the region. */
    authorities: read.DATABASE_CA,
  }));

/** The canary's configuration. The secret is named, not read. */
export type CanaryConfig = Readonly<z.output<typeof variables>>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigError} naming every missing or invalid variable.
 */
export function readConfig(env: Variables): CanaryConfig {
  return readVariables('canary', variables, env);
}
