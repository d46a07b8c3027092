/** The processes of a part, which Linux lists in /proc. Without /proc there are none. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Names the part in the environment of its process and of all processes that this one starts. Spark's Python processes
 * leave the process group of their part.
 */
export const PART_VARIABLE = 'CENTFLOW_PART';
/** Names this process in the names of the parts that it starts. Process ids are used again. */
export const SUPERVISOR_ID = randomUUID();

interface PartProcess {
  readonly pid: number;
  readonly isPaused: boolean;
}

/** The processes whose part's name begins so. */
export function partProcesses(part: string): PartProcess[] {
  return listed('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const belongs = readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .some((variable) => variable.startsWith(`${PART_VARIABLE}=${part}`));
      if (!belongs) return [];
      // The state follows the command, which is in brackets and may hold any character.
      const state = readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .charAt(0);
      return [{ pid: Number(pid), isPaused: state === 'T' }];
    } catch {
      // It has ended, or is another user's.
      return [];
    }
  });
}

/** Ends at once the processes whose part's name begins so, also paused ones. */
export function endPartProcesses(part: string): void {
  for (const { pid } of partProcesses(part)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
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
