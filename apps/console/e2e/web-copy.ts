import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webFolder } from './uploads/person.ts';

/** The built web in a folder of its own, to be removed: a build beside the tests would pull the pages away from under them. */
export async function copyWeb(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'centflow-web-'));
  await cp(webFolder, folder, { recursive: true });
  return folder;
}
