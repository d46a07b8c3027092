import * as z from 'zod';

/** Where new objects arrive: the only prefix whose events the trigger accepts. */
export const RAW_PREFIX = 'raw/';

const environmentVariables = z.object({
  /** Bucket that holds `raw/` and the manifests. */
  UPLOADS_BUCKET: z.string().min(3),
  /** Prefix the manifests are written under. Under `raw/`, each manifest would set off the next job run. */
  MANIFEST_PREFIX: z
    .string()
    .regex(/^[^/].*\/$/, 'must end, and not begin, with "/"')
    .refine((prefix) => !prefix.startsWith(RAW_PREFIX), `must not lie under ${RAW_PREFIX}`)
    .default('manifests/'),
  /** Glue job that reconciles a manifest. */
  GLUE_JOB_NAME: z.string().min(1),
  ENVIRONMENT: z.enum(['dev', 'staging', 'production', 'local']),
  /** Seconds one invocation may wait for Glue to have a free slot. Lambda ends an invocation after 900. */
  START_WAIT_SECONDS: z.coerce.number().int().min(0).max(900).default(0),
});

/** What the trigger needs to know, read once when the Lambda starts. */
export interface TriggerConfig {
  readonly uploadsBucket: string;
  readonly manifestPrefix: string;
  readonly glueJobName: string;
  readonly environment: 'dev' | 'staging' | 'production' | 'local';
  readonly startWaitMs: number;
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
export function readConfig(env: Readonly<Record<string, string | undefined>>): TriggerConfig {
  const parsed = environmentVariables.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(
      `The trigger's environment variables are not usable: ${problems.join('; ')}. Set them on the Lambda.`,
    );
  }
  const variables = parsed.data;
  return {
    uploadsBucket: variables.UPLOADS_BUCKET,
    manifestPrefix: variables.MANIFEST_PREFIX,
    glueJobName: variables.GLUE_JOB_NAME,
    environment: variables.ENVIRONMENT,
    startWaitMs: variables.START_WAIT_SECONDS * 1000,
  };
}
