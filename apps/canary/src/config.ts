import { readVariables, sharedVariables, type Variables } from '@centflow/lambda-kit/config';
import * as z from 'zod';

const variables = z
  .object({
    ...sharedVariables,
    /** The only owner whose uploads the canary reports. */
    CANARY_OWNER: z.string().min(1),
    /** The name of the secret with the reporter's credentials. The secret also contains the address of the database. */
    REPORTER_SECRET: z.string().min(1),
  })
  .transform((read) => ({
    environment: read.ENVIRONMENT,
    region: read.AWS_REGION,
    owner: read.CANARY_OWNER,
    reporterSecret: read.REPORTER_SECRET,
    /**
     * The certificate authorities to trust, as PEM. If undefined, the canary trusts RDS's authorities for the region.
     */
    authorities: read.DATABASE_CA,
  }));

/** The canary's configuration. It contains the name of the secret, not the value. */
export type CanaryConfig = Readonly<z.output<typeof variables>>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigError} if a variable is missing or invalid. The message names every such variable.
 */
export function readConfig(env: Variables): CanaryConfig {
  return readVariables('canary', variables, env);
}
