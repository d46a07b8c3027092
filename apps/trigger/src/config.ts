import { readVariables, sharedVariables, type Variables } from '@centflow/lambda-kit/config';
import * as z from 'zod';

/** The prefix of uploaded objects. The trigger rejects events about objects under other prefixes. */
export const RAW_PREFIX = 'raw/';

const variables = z
  .object({
    /** The bucket that contains the uploads under `raw/`, and the manifests. */
    UPLOADS_BUCKET: z.string().min(3),
    /**
     * The prefix of the manifests. It must not be under `raw/`, because each manifest there would start another job
     * run.
     */
    MANIFEST_PREFIX: z
      .string()
      .regex(/^[^/].*\/$/, 'must end with "/" and must not start with "/"')
      .refine((prefix) => !prefix.startsWith(RAW_PREFIX), `must not be under ${RAW_PREFIX}`)
      .default('manifests/'),
    /** The Glue job that reconciles the object keys of a manifest. */
    GLUE_JOB_NAME: z.string().min(1),
    ENVIRONMENT: sharedVariables.ENVIRONMENT,
    /**
     * The maximum time in seconds that one invocation waits for a free slot in Glue. Lambda ends an invocation after
     * 900 s.
     */
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
 * @throws {ConfigError} if a variable is missing or invalid. The message names every such variable.
 */
export function readConfig(env: Variables): TriggerConfig {
  return readVariables('trigger', variables, env);
}
