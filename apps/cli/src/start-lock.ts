/** The lock that allows one `npm start` at a time: a file with the id of the process. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { runFolder } from '@centflow/local-processes/paths';
import { isAlive } from '@centflow/local-stack/running-stack';

/**
 * Acquires the lock.
 *
 * @returns the function that releases the lock
 * @throws {CommandError} a running process holds the lock.
 */
export function acquireStartLock(file = join(runFolder, 'start.lock')): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const ownFile = `${file}.${process.pid}`;
  writeFileSync(ownFile, String(process.pid));
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // A link has its content from the start. Another process could read a new file while it is still empty.
        linkSync(ownFile, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
        removeStale(file, `${ownFile}.stale`);
      }
    }
  } finally {
    rmSync(ownFile, { force: true });
  }
}

/**
 * Removes a lock whose process has ended. If two processes try at the same time, one of them moves the file away. The other
 * then restores a lock that the first one may have acquired meanwhile.
 */
function removeStale(file: string, aside: string): void {
  const pid = readPid(file);
  if (pid !== undefined && isAlive(pid)) throw heldError(pid);
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = readPid(aside);
  if (taken !== undefined && isAlive(taken)) {
    // Another process was faster, and this file is its new lock.
    linkSync(aside, file);
    rmSync(aside);
    throw heldError(taken);
  }
  rmSync(aside);
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function heldError(pid: number): CommandError {
  return new CommandError(
    `The local stack is already running or starting as process ${pid}. Use it, or stop it first: kill ${pid}`,
  );
}
