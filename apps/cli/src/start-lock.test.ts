import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { acquireStartLock } from './start-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-lock-'));
const file = join(folder, 'start.lock');

afterAll(() => rmSync(folder, { recursive: true }));

describe('acquireStartLock', () => {
  test('rejects a second process with the id of the first process, until the lock is released', () => {
    const unlock = acquireStartLock(file);
    expect(() => acquireStartLock(file)).toThrow(`as process ${process.pid}`);
    unlock();
    expect(existsSync(file)).toBe(false);
    acquireStartLock(file)();
  });

  test('takes over a lock whose process has ended', () => {
    const { pid } = spawnSync('true');
    writeFileSync(file, String(pid));
    acquireStartLock(file)();
    expect(existsSync(file)).toBe(false);
  });

  test('gives the lock to only one of several simultaneous processes, even if a stale lock exists', async () => {
    const program = `
    import { existsSync } from 'node:fs';
    import { acquireStartLock } from '${join(import.meta.dirname, 'start-lock.ts')}';
    while (!existsSync('${file}.go'));
    try { acquireStartLock('${file}'); console.log('held'); } catch (error) { console.log(error.message); }
    await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  `;
    for (let round = 0; round < 2; round += 1) {
      writeFileSync(file, String(spawnSync('true').pid));
      const starts = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', program]));
      const outputs = starts.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]));
      writeFileSync(`${file}.go`, '');
      const answers = await Promise.all(outputs);
      expect(answers.filter((answer) => answer.includes('held'))).toHaveLength(1);
      for (const start of starts) start.stdin.end();
      await Promise.all(starts.map((start) => once(start, 'exit')));
      rmSync(`${file}.go`);
    }
  });
});
