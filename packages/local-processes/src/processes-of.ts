/** Finds the processes of a stack: those whose command line or environment contains its folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export function processesOf(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // A zombie process has no command line.
      const names =
        commandLine !== '' && `${commandLine}${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(folder);
      return names ? [`${pid} ${commandLine.slice(0, 120)}`] : [];
    } catch {
      return [];
    }
  });
}

/** Waits until all processes of a stack have ended, and returns the processes that still run after the time limit. */
export async function processesLeft(folder: string, withinMs: number): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(100);
  }
}
