import * as z from 'zod';

const environmentVariables = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HOST: z.enum(['127.0.0.1', 'localhost', '::1']).default('127.0.0.1'),
  /** The folder with the built web app. If not set, the server serves only the API. */
  WEB_FOLDER: z.string().min(1).optional(),
  /** The folder with the key that signs tokens, and with the audit log. */
  DATA_FOLDER: z.string().min(1),
  /** The file in which the local stack's supervisor lists the parts of the stack. */
  PARTS_FILE: z.string().min(1),
  AWS_ENDPOINT_URL: z.url(),
  AWS_REGION: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  UPLOADS_BUCKET: z.string().min(1),
  /** How to connect to MySQL as the user `reporter`. */
  DATABASE_URL: z.url(),
  GLUE_JOB_NAME: z.string().min(1),
  QUEUE_NAME: z.string().min(1),
  DEAD_LETTER_QUEUE_NAME: z.string().min(1),
});
export type LocalConfig = z.infer<typeof environmentVariables>;

/** Returns the endpoint, region and credentials for AWS clients. */
export function awsOf(config: LocalConfig) {
  return {
    endpoint: config.AWS_ENDPOINT_URL,
    region: config.AWS_REGION,
    credentials: { accessKeyId: config.AWS_ACCESS_KEY_ID, secretAccessKey: config.AWS_SECRET_ACCESS_KEY },
  };
}

/** Thrown if environment variables of the local server are missing or invalid. */
export class LocalConfigError extends Error {
  override readonly name = 'LocalConfigError';
}

/**
 * Reads the configuration of the local server.
 *
 * @throws {LocalConfigError} with every variable that is missing or invalid
 */
export function readLocalConfig(env: Readonly<Record<string, string | undefined>>): LocalConfig {
  const parsed = environmentVariables.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new LocalConfigError(
    `Environment variables of the console are missing or invalid: ${problems.join('; ')}. \`npm start\` sets them; .local/env has most of them.`,
  );
}
