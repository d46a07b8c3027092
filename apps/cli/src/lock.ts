/** One `npm start` at a time: a file that holds the process's id. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { runFolder } from '@centflow/local-processes/paths';
import { isAlive } from '@centflow/local-stack/running-stack';

/** @returns what gives the lock back */
export function lock(file = join(runFolder, 'start.lock')): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // Unlike a new file, a link is there with its content from the first moment: nobody reads an empty one.
        linkSync(mine, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
        removeStale(file, `${mine}.stale`);
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Removes a lock whose holder is dead. Of two that try, one takes the file away; the other leaves the first one's alone. */
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
    // Another one was quicker, and this is its lock.
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
    `The local stack runs already, or is being started, as process ${pid}. Use it, or stop it first: kill ${pid}`,
  );
}
