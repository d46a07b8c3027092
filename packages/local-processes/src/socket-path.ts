/** Chooses paths for Unix sockets. The kernel allows 107 characters, and the paths in many checkouts are longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const LONGEST = 107;

/** Returns the path of a socket in the folder. If it is too long, returns one in a new temporary folder. */
export function socketPath(folder: string, name: string): string {
  const path = join(folder, name);
  return Buffer.byteLength(path) <= LONGEST ? path : join(mkdtempSync(join(tmpdir(), 'centflow-')), name);
}

/** Removes the temporary folder that `socketPath` may have created. */
export function removeSocketFolder(socket: string, folder: string): void {
  if (dirname(socket) !== folder) rmSync(dirname(socket), { recursive: true, force: true });
}
