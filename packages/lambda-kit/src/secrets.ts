/** Reads JSON secrets from Secrets Manager. */
import { GetSecretValueCommand, type GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** The part of `SecretsManagerClient` that is used here. */
export interface SecretReader {
  send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput>;
}

/** Thrown if a secret does not contain the expected fields. The message names the fields and never a value. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Parses the value of a secret.
 *
 * @param problem the beginning of the error message, such as `Secret x does not contain a database user`
 * @param remedy the end of the error message: what to do
 * @throws {SecretError} if the text is not JSON with the expected fields.
 */
export function parseSecret<Value>(
  schema: z.ZodType<Value>,
  text: string,
  { problem, remedy }: { readonly problem: string; readonly remedy: string },
): Value {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'JSON').join(', ');
  throw new SecretError(`${problem} (${fields}). ${remedy}`);
}

/** The fields of a database user's secret. The migrator writes them. */
const databaseUser = z.object({
  host: z.string().min(1),
  port: z.int(),
  username: z.string().min(1),
  password: z.string().min(1),
  dbname: z.string().min(1),
});

/** The address and the credentials with which a user connects to the database. */
export type DatabaseUser = z.infer<typeof databaseUser>;

/**
 * Reads a database user's secret. Callers read it for each connection, because passwords are rotated.
 *
 * @throws {SecretError} if the secret does not contain a database user.
 */
export async function readDatabaseUser(secrets: SecretReader, id: string): Promise<DatabaseUser> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: id }));
  return parseSecret(databaseUser, SecretString ?? '', {
    problem: `Secret ${id} does not contain a database user`,
    remedy: 'Invoke the migrator, which writes the secret.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
