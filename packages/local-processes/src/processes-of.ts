/** Which processes belong to a stack: everything whose command line or environment names its folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export function processesOf(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      // A process that has ended and waits to be collected has no command line.
      const names =
        commandLine !== '' && `${commandLine}${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(folder);
      return names ? [`${pid} ${commandLine.slice(0, 120)}`] : [];
    } catch {
      return [];
    }
  });
}

/** What is left of a stack after it had some seconds to go. */
export async function processesLeft(folder: string, withinMs: number): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(100);
  }
}
