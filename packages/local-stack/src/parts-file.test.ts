import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPartsWriter, readParts } from './parts-file.ts';
import type { PartStatus } from './supervisor.ts';

const status: PartStatus = { name: 'MySQL', state: 'ready', pid: 1, restarts: 0, lastTrouble: null };

test('the state that a full disk did not take is written once there is room, and the trouble is told once', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'centflow-parts-'));
  const [folder, away] = [join(parent, 'data'), mkdtempSync(join(parent, 'away-'))];
  const warned: string[] = [];
  const file = createPartsWriter(folder, (message) => warned.push(message));
  try {
    file.write([{ ...status, state: 'starting' }]);
    file.write([status]);
    expect(warned).toEqual([expect.stringMatching(/^Other processes do not learn the state of the parts: ENOENT/)]);
    renameSync(away, folder);
    await expect.poll(() => readParts(folder)?.parts, { timeout: 60_000 }).toEqual([status]);
    file.remove();
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
