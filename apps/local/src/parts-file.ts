/** `parts.json` in a data folder: what the supervisor of its stack knows of the parts, for other processes. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PARENT_VARIABLE } from './supervise.ts';
import { PART_STATES, type PartStatus } from './supervisor.ts';

const schema = z.object({
  /** The process that supervises the parts. */
  pid: z.number(),
  parts: z.array(
    z.object({
      name: z.string(),
      state: z.enum(PART_STATES),
      pid: z.number().nullable(),
      restarts: z.number(),
      lastTrouble: z.object({ at: z.string(), reason: z.string() }).nullable(),
    }),
  ),
});
export type PartsFile = z.infer<typeof schema>;

const fileOf = (dataFolder: string) => join(dataFolder, 'parts.json');

/** Writes the file whole: a reader sees the old one or the new one. */
export function writeParts(dataFolder: string, parts: readonly PartStatus[]): void {
  const unfinished = `${fileOf(dataFolder)}.new`;
  writeFileSync(unfinished, `${JSON.stringify({ pid: process.pid, parts }, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, fileOf(dataFolder));
}

/** Reads the file; undefined if no stack of this version has written it. */
export function readParts(dataFolder: string): PartsFile | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

export function removeParts(dataFolder: string): void {
  rmSync(fileOf(dataFolder), { force: true });
}

/**
 * Ends what an earlier stack of the folder left. The kernel ends its parts with it, but a paused process takes no signal
 * until somebody resumes it, and would hold MySQL's files until then.
 */
export function endLeftovers(dataFolder: string): void {
  const left = readParts(dataFolder);
  for (const { pid } of left?.parts ?? []) {
    if (pid === null || !isChildOf(pid, left?.pid ?? 0)) continue;
    try {
      // Each part has a process group.
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Process ids are used again, so the process itself must name its parent. */
function isChildOf(pid: number, parent: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${PARENT_VARIABLE}=${parent}`);
  } catch {
    return false;
  }
}
