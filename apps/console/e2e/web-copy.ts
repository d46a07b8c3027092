import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webFolder } from './uploads/person.ts';

/**
 * Copies the built web app to a temporary folder, which the caller must delete. Without the copy, a build during the
 * tests would replace the pages under test.
 */
export async function copyWeb(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'centflow-web-'));
  await cp(webFolder, folder, { recursive: true });
  return folder;
}
