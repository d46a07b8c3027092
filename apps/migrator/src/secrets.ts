/** Reads and writes the secrets of the database's users. Clients connect with them. The format is that of RDS. */
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

/** Creates a password of 192 random bits: 32 letters, digits, `-` and `_`, which need no escaping. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Reads the administrator's secret. RDS rotates it, so each invocation reads it again.
 *
 * @throws {SecretError} the secret has no value, or lacks `username` or `password`.
 */
export async function readAdministrator(store: SecretStore, id: string): Promise<AdministratorSecret> {
  const value = await read(store, id);
  if (value === undefined)
    throw new SecretError(`Secret ${id} has no value. RDS writes it when it creates the database.`);
  return parse(administrator, id, value);
}

/**
 * Ensures that a user's secret has a password, which is created once, and the current address of the database.
 *
 * @throws {SecretError} the value is not the secret of a database user.
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

/** Writes the secret's current value. The earlier value stays available as `AWSPREVIOUS`. */
export async function writeUser(store: SecretStore, id: string, user: UserSecret): Promise<void> {
  await store.send(new PutSecretValueCommand({ SecretId: id, SecretString: render(user) }));
}

function render({ engine, host, port, username, password, dbname }: UserSecret): string {
  return JSON.stringify({ engine, host, port, username, password, dbname });
}

/** Returns the secret's current value, or undefined if Terraform has created the secret and it has no value yet. */
async function read(store: SecretStore, id: string): Promise<string | undefined> {
  try {
    const { SecretString } = await store.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString;
  } catch (error) {
    // Secrets Manager returns the same error for a secret that does not exist. Writing that secret fails later.
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
