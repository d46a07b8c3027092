/** Reads and writes the secrets with which clients connect to the database. The format is the one that RDS uses. */
import { randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  PutSecretValueCommand,
  type PutSecretValueCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { parseSecret, SecretError } from '@centflow/lambda-kit/secrets';
import * as z from 'zod';

/** The part of `SecretsManagerClient` that is used here. */
export interface SecretStore {
  send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput>;
  send(command: PutSecretValueCommand): Promise<PutSecretValueCommandOutput>;
}

const administrator = z.object({ username: z.string().min(1), password: z.string().min(1) });

const databaseUser = z.object({
  engine: z.literal('mysql'),
  host: z.string(),
  port: z.number(),
  username: z.string(),
  password: z.string().min(1),
  dbname: z.string(),
});

/** The secret of the administrator. */
export type AdministratorSecret = z.infer<typeof administrator>;
/** The secret of a user: the address of the database and the user's credentials. */
export type UserSecret = z.infer<typeof databaseUser>;

/**
 * Creates a random password of 192 bits. The 32 characters are letters, digits, `-` and `_`, which need no escaping.
 */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Reads the administrator's secret. Each invocation reads the secret again, because RDS rotates the password.
 *
 * @throws {SecretError} if the secret has no value, or no `username` or `password`.
 */
export async function readAdministrator(store: SecretStore, id: string): Promise<AdministratorSecret> {
  const value = await read(store, id);
  if (value === undefined)
    throw new SecretError(`Secret ${id} has no value. RDS writes it when it creates the database.`);
  return parse(administrator, id, value);
}

/**
 * Ensures that a user's secret contains a password and the current address of the database. The password is created
 * only if
 * the secret has none.
 *
 * @throws {SecretError} if the value is not the secret of a database user.
 */
export async function ensureUser(
  store: SecretStore,
  id: string,
  place: Omit<UserSecret, 'password'>,
): Promise<UserSecret> {
  const value = await read(store, id);
  const { password } = value === undefined ? { password: newPassword() } : parse(databaseUser, id, value);
  const user = { ...place, password };
  if (value !== render(user)) await writeUser(store, id, user);
  return user;
}

/** Writes the secret's current value. The earlier value remains available as `AWSPREVIOUS`. */
export async function writeUser(store: SecretStore, id: string, user: UserSecret): Promise<void> {
  await store.send(new PutSecretValueCommand({ SecretId: id, SecretString: render(user) }));
}

function render({ engine, host, port, username, password, dbname }: UserSecret): string {
  return JSON.stringify({ engine, host, port, username, password, dbname });
}

/** Returns the secret's current value, or undefined if Terraform has created the secret without a value. */
async function read(store: SecretStore, id: string): Promise<string | undefined> {
  try {
    const { SecretString } = await store.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString;
  } catch (error) {
    // Secrets Manager returns this error also for a secret that does not exist. In that case, the later write fails.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function parse<Value>(schema: z.ZodType<Value>, id: string, text: string): Value {
  return parseSecret(schema, text, {
    problem: `Secret ${id} does not have the expected fields`,
    remedy: 'Restore its AWSPREVIOUS version, or delete the secret and apply again.',
  });
}
