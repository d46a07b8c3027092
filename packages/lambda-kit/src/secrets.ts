/** Reads secrets of Secrets Manager that hold JSON. */
import { GetSecretValueCommand, type GetSecretValueCommandOutput } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';

/** The part of `SecretsManagerClient` that is used here. */
export interface SecretReader {
  send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput>;
}

/** A secret does not hold the expected fields. The message names the fields and never a value. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Parses the value of a secret.
 *
 * @param problem the beginning of the error message, such as `Secret x does not hold a user of the database`
 * @param remedy the end of the error message: what to do
 * @throws {SecretError} the text is not JSON with the expected fields.
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

/** How to reach the database as one of its users. */
export type DatabaseUser = z.infer<typeof databaseUser>;

/**
 * Reads a database user's secret. Passwords are rotated, so callers read it for each connection.
 *
 * @throws {SecretError} the secret does not hold a user of the database.
 */
export async function readDatabaseUser(secrets: SecretReader, id: string): Promise<DatabaseUser> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: id }));
  return parseSecret(databaseUser, SecretString ?? '', {
    problem: `Secret ${id} holds no user of the database`,
    remedy: 'Invoke the migrator, which writes it.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
