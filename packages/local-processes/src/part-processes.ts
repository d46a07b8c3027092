/** Finds and ends the processes of a part through Linux's /proc. On a system without /proc, no process is found. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * The environment variable with the part's name, which all child processes inherit. A process group is not enough,
 * because Spark's Python processes leave the group of their part.
 */
export const PART_VARIABLE = 'CENTFLOW_PART';
/**
 * The prefix of the names of all parts that this process starts. A process id alone would not be unique, because Linux
 * reuses ids.
 */
export const SUPERVISOR_ID = randomUUID();

interface PartProcess {
  readonly pid: number;
  readonly isPaused: boolean;
}

/** Returns the processes whose part name starts with the prefix. */
export function partProcesses(part: string): PartProcess[] {
  return listed('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const belongs = readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .some((variable) => variable.startsWith(`${PART_VARIABLE}=${part}`));
      if (!belongs) return [];
      // The state follows the command. The command is in parentheses and may contain any character.
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

/** Kills the processes whose part name starts with the prefix, including paused processes. */
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
