/** The secrets of the database's users, in the shape in which RDS writes them: what clients read to connect. */
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

/** Who an administrator is. */
export type AdministratorSecret = z.infer<typeof administrator>;
/** How one user reaches the database. */
export type UserSecret = z.infer<typeof databaseUser>;

/** A password that fits everywhere: 32 letters, digits, `-` and `_`, of 192 random bits. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Reads the administrator's secret; RDS rotates it, so each invocation reads it anew.
 *
 * @throws {SecretError} it has no value, or not `username` and `password`.
 */
export async function readAdministrator(store: SecretStore, id: string): Promise<AdministratorSecret> {
  const value = await read(store, id);
  if (value === undefined)
    throw new SecretError(`Secret ${id} has no value. RDS writes it when it makes the database.`);
  return parse(administrator, id, value);
}

/**
 * Makes sure that a user's secret has a value: a password of its own, made once and kept, and where the database is now.
 *
 * @throws {SecretError} it holds something else than a database user's secret.
 */
export async function ensureUser(
  store: SecretStore,
  id: string,
  place: Omit<UserSecret, 'password'>,
): Promise<UserSecret> {
  const value = await read(store, id);
  const { password } = value === undefined ? { password: newPassword() } : parse(databaseUser, id, value);
  const wanted = { ...place, password };
  if (value !== render(wanted)) await writeUser(store, id, wanted);
  return wanted;
}

/** Makes this the secret's current value; the one before stays as `AWSPREVIOUS`. */
export async function writeUser(store: SecretStore, id: string, user: UserSecret): Promise<void> {
  await store.send(new PutSecretValueCommand({ SecretId: id, SecretString: render(user) }));
}

function render({ engine, host, port, username, password, dbname }: UserSecret): string {
  return JSON.stringify({ engine, host, port, username, password, dbname });
}

/** The secret's current value; undefined for a secret that Terraform made and nobody has filled yet. */
async function read(store: SecretStore, id: string): Promise<string | undefined> {
  try {
    const { SecretString } = await store.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString;
  } catch (error) {
    // So Secrets Manager answers also where there is no such secret; then writing it fails.
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
