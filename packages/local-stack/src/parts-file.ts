/** `parts.json` in a data folder: what the supervisor of its stack knows of the parts, for other processes. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endPartProcesses, SUPERVISOR_ID } from '@centflow/local-processes/part-processes';
import { PART_STATES } from '@centflow/local-processes/part-states';
import { z } from 'zod';
import type { PartStatus } from './supervisor.ts';

const schema = z.object({
  /** The process that supervises the parts. */
  pid: z.number(),
  /** Begins the names of its parts: part-processes.ts. */
  supervisor: z.string(),
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

export const partsFileOf = (dataFolder: string): string => join(dataFolder, 'parts.json');

/** Keeps the file up to date. */
export interface PartsWriter {
  write(parts: readonly PartStatus[]): void;
  /** Writes no more, and removes the file. */
  remove(): void;
}

const AGAIN_MS = 1000;

/**
 * A writer of the file. Where the disk is full the parts go on, and the file follows once there is room.
 *
 * @param warn told when the file cannot be written, once until it can
 */
export function createPartsWriter(dataFolder: string, warn: (message: string) => void): PartsWriter {
  const file = partsFileOf(dataFolder);
  let again: NodeJS.Timeout | undefined;
  const write = (parts: readonly PartStatus[]): void => {
    const hasFailed = again !== undefined;
    clearTimeout(again);
    try {
      // Whole: a reader sees the old one or the new one.
      writeFileSync(
        `${file}.new`,
        `${JSON.stringify({ pid: process.pid, supervisor: SUPERVISOR_ID, parts }, undefined, 2)}\n`,
        { mode: 0o600 },
      );
      renameSync(`${file}.new`, file);
      again = undefined;
    } catch (error) {
      if (!hasFailed) warn(`Other processes do not learn the state of the parts: ${(error as Error).message}`);
      again = setTimeout(() => write(parts), AGAIN_MS).unref();
    }
  };
  const remove = (): void => {
    clearTimeout(again);
    rmSync(file, { force: true });
  };
  return { write, remove };
}

/** Reads the file; undefined if no stack of this version has written it. */
export function readParts(dataFolder: string): PartsFile | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(partsFileOf(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Ends what an earlier stack of the folder left. The kernel ends its parts with it, but a paused process takes no signal
 * until somebody resumes it, and would hold MySQL's files until then.
 */
export function endLeftovers(dataFolder: string): void {
  const left = readParts(dataFolder);
  if (left !== undefined && left.supervisor !== SUPERVISOR_ID) endPartProcesses(left.supervisor);
}
