import { readVariables, sharedVariables, type Variables } from '@centflow/lambda-kit/config';
import * as z from 'zod';

/** Where new objects arrive: the only prefix whose events the trigger accepts. */
export const RAW_PREFIX = 'raw/';

const variables = z
  .object({
    /** Bucket that holds `raw/` and the manifests. */
    UPLOADS_BUCKET: z.string().min(3),
    /** Prefix the manifests are written under. Under `raw/`, each manifest would start the next job run. */
    MANIFEST_PREFIX: z
      .string()
      .regex(/^[^/].*\/$/, 'must end, and not begin, with "/"')
      .refine((prefix) => !prefix.startsWith(RAW_PREFIX), `must not lie under ${RAW_PREFIX}`)
      .default('manifests/'),
    /** Glue job that reconciles a manifest. */
    GLUE_JOB_NAME: z.string().min(1),
    ENVIRONMENT: sharedVariables.ENVIRONMENT,
    /** Seconds one invocation may wait for Glue to have a free slot. Lambda ends an invocation after 900. */
    START_WAIT_SECONDS: z.coerce.number().int().min(0).max(900).default(0),
  })
  .transform((read) => ({
    uploadsBucket: read.UPLOADS_BUCKET,
    manifestPrefix: read.MANIFEST_PREFIX,
    glueJobName: read.GLUE_JOB_NAME,
    environment: read.ENVIRONMENT,
    startWaitMs: read.START_WAIT_SECONDS * 1000,
  }));

/** The trigger's configuration. */
export type TriggerConfig = Readonly<z.output<typeof variables>>;

/**
 * Reads the configuration from environment variables.
 *
 * @throws {ConfigError} naming every missing or invalid variable.
 */
export function readConfig(env: Variables): TriggerConfig {
  return readVariables('trigger', variables, env);
}
