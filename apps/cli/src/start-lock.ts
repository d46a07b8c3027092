/** The lock that allows only one `npm start` at a time. The lock is a file that contains the process id. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { runFolder } from '@centflow/local-processes/paths';
import { isAlive } from '@centflow/local-stack/running-stack';

/**
 * Acquires the lock.
 *
 * @returns the function that releases the lock
 * @throws {CommandError} if a running process holds the lock.
 */
export function acquireStartLock(file = join(runFolder, 'start.lock')): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const ownFile = `${file}.${process.pid}`;
  writeFileSync(ownFile, String(process.pid));
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // A hard link has its content from the start. A new file would be empty at first, and another process could
        // read it then.
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
 * Removes a lock whose process has ended.
 *
 * If two processes try this at the same time, the second one may move away the lock that the first one has just
 * acquired.
 * In this case it restores that lock.
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
    // Another process was faster and has created this lock.
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
