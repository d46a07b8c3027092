/** One `npm start` at a time: a file that holds the process's id. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAlive } from './environment.ts';
import { CommandError } from './exit.ts';
import { runFolder } from './paths.ts';

/** @returns what gives the lock back */
export function lock(file = join(runFolder, 'start.lock')): () => void {
  mkdirSync(dirname(file), { recursive: true });
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid > 0 && isAlive(pid)) {
        throw new CommandError(
          `The local stack runs already, or is being started, as process ${pid}. Use it, or stop it first: kill ${pid}`,
        );
      }
      // A start that was killed left it.
      rmSync(file, { force: true });
    }
  }
}
