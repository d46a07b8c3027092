/** The secrets of a data folder: the passwords of the database, and the credentials of the emulator. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { createCredentials } from './emulator.ts';

const secrets = z.object({
  root: z.string(),
  migrator: z.string(),
  loader: z.string(),
  reporter: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
});
export type Secrets = z.infer<typeof secrets>;

/** Reads the secrets of a data folder, and creates missing ones. Only the current user can read the file. */
export function readSecrets(file: string): Secrets {
  const kept: object = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const random = () => randomBytes(18).toString('base64url');
  const complete = secrets.parse({
    root: random(),
    migrator: random(),
    loader: random(),
    reporter: random(),
    ...createCredentials(),
    ...kept,
  });
  writeFileSync(file, `${JSON.stringify(complete)}\n`, { mode: 0o600 });
  return complete;
}
