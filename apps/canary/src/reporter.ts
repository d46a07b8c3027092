/** Who reads the views, and where: what the reporter's secret says. */
import { GetSecretValueCommand, type GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** The part of `SecretsManagerClient` that is used here. */
export interface SecretReader {
  send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput>;
}

/** As the migrator writes it. */
const reporter = z.object({
  host: z.string().min(1),
  port: z.int(),
  username: z.string().min(1),
  password: z.string().min(1),
  dbname: z.string().min(1),
});
export type Reporter = z.infer<typeof reporter>;

/** The secret does not hold what it should. Says nothing of what it holds. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Reads the secret, anew each time: passwords are rotated.
 *
 * @throws {SecretError} it does not hold a user of the database.
 */
export async function readReporter(secrets: SecretReader, id: string): Promise<Reporter> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: id }));
  const parsed = reporter.safeParse(parseJson(SecretString ?? ''));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => path.join('.') || 'JSON').join(', ');
  throw new SecretError(`Secret ${id} holds no user of the database (${wrong}). Invoke the migrator, which writes it.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
