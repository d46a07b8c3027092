/** Names of unix sockets, which the kernel cuts at 107 characters: fewer than many a checkout's path. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const LONGEST = 107;

/** The socket in its folder, or in a folder of its own with a short name. */
export function socketPath(folder: string, name: string): string {
  const path = join(folder, name);
  return Buffer.byteLength(path) <= LONGEST ? path : join(mkdtempSync(join(tmpdir(), 'centflow-')), name);
}

/** Removes the folder that `socketPath` had to make outside of `folder`. */
export function removeSocketFolder(socket: string, folder: string): void {
  if (dirname(socket) !== folder) rmSync(dirname(socket), { recursive: true, force: true });
}
