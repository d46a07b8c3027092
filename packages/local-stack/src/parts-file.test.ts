import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPartsWriter, readParts } from './parts-file.ts';
import type { PartStatus } from './supervisor.ts';

const status: PartStatus = { name: 'MySQL', state: 'ready', pid: 1, restarts: 0, lastTrouble: null };

test('createPartsWriter retries a failed write until it succeeds, and warns only once', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'centflow-parts-'));
  const [folder, away] = [join(parent, 'data'), mkdtempSync(join(parent, 'away-'))];
  const warned: string[] = [];
  const file = createPartsWriter(folder, (message) => warned.push(message));
  try {
    file.write([{ ...status, state: 'starting' }]);
    file.write([status]);
    expect(warned).toEqual([
      expect.stringMatching(/^The state of the parts cannot be written for other processes: ENOENT/),
    ]);
    renameSync(away, folder);
    await expect.poll(() => readParts(folder)?.parts, { timeout: 60_000 }).toEqual([status]);
    file.remove();
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
