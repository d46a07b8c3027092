/** Finds and ends the processes of a part with Linux's /proc. Without /proc it finds none. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * The environment variable that names the part, for its process and all child processes. It is needed because Spark's Python
 * processes leave the process group of their part.
 */
export const PART_VARIABLE = 'CENTFLOW_PART';
/** The prefix of the names of the parts that this process starts. A process id is not unique, because Linux reuses it. */
export const SUPERVISOR_ID = randomUUID();

interface PartProcess {
  readonly pid: number;
  readonly isPaused: boolean;
}

/** Returns the processes whose part name starts with the text. */
export function partProcesses(part: string): PartProcess[] {
  return listed('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const belongs = readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .some((variable) => variable.startsWith(`${PART_VARIABLE}=${part}`));
      if (!belongs) return [];
      // The state follows the command, which is in parentheses and may contain any character.
      const state = readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .charAt(0);
      return [{ pid: Number(pid), isPaused: state === 'T' }];
    } catch {
      // The process has ended, or belongs to another user.
      return [];
    }
  });
}

/** Kills the processes whose part name starts with the text, also paused ones. */
export function endPartProcesses(part: string): void {
  for (const { pid } of partProcesses(part)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has ended meanwhile.
    }
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
