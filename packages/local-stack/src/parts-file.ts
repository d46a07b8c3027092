/** `parts.json` in a data folder: the states of the parts, which the supervisor publishes for other processes. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endPartProcesses, SUPERVISOR_ID } from '@centflow/local-processes/part-processes';
import { PART_STATES } from '@centflow/local-processes/part-states';
import { z } from 'zod';
import type { PartStatus } from './supervisor.ts';

const schema = z.object({
  /** The id of the process that supervises the parts. */
  pid: z.number(),
  /** The prefix of the process names of this supervisor's parts (part-processes.ts). */
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

/** Writes `parts.json`. */
export interface PartsWriter {
  write(parts: readonly PartStatus[]): void;
  /** Stops writing and removes the file. */
  remove(): void;
}

const RETRY_MS = 1000;

/**
 * Creates a writer of the file. If the disk is full, the parts keep running, and the writer retries until it succeeds.
 *
 * @param warn reports the first failed write of each series of failures
 */
export function createPartsWriter(dataFolder: string, warn: (message: string) => void): PartsWriter {
  const file = partsFileOf(dataFolder);
  let retry: NodeJS.Timeout | undefined;
  const write = (parts: readonly PartStatus[]): void => {
    const hasFailed = retry !== undefined;
    clearTimeout(retry);
    try {
      // The rename is atomic: a reader sees either the old file or the new file.
      writeFileSync(
        `${file}.new`,
        `${JSON.stringify({ pid: process.pid, supervisor: SUPERVISOR_ID, parts }, undefined, 2)}\n`,
        { mode: 0o600 },
      );
      renameSync(`${file}.new`, file);
      retry = undefined;
    } catch (error) {
      if (!hasFailed) warn(`The state of the parts cannot be written for other processes: ${(error as Error).message}`);
      retry = setTimeout(() => write(parts), RETRY_MS).unref();
    }
  };
  const remove = (): void => {
    clearTimeout(retry);
    rmSync(file, { force: true });
  };
  return { write, remove };
}

/** Reads the file. Returns undefined if no stack of this version has written it. */
export function readParts(dataFolder: string): PartsFile | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(partsFileOf(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Ends the leftover processes of an earlier stack with the same data folder.
 *
 * The kernel ends the parts together with their stack. But a paused process handles no signal until it is resumed.
 * Until then, a paused MySQL would keep its files locked.
 */
export function endLeftovers(dataFolder: string): void {
  const left = readParts(dataFolder);
  if (left !== undefined && left.supervisor !== SUPERVISOR_ID) endPartProcesses(left.supervisor);
}
