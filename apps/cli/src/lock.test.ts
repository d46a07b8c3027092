import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-lock-'));
const file = join(folder, 'start.lock');

afterAll(() => rmSync(folder, { recursive: true }));

test('a lock is held by one, who is named to the next, until it is given back', () => {
  const unlock = lock(file);
  expect(() => lock(file)).toThrow(`as process ${process.pid}`);
  unlock();
  expect(existsSync(file)).toBe(false);
  lock(file)();
});

test('a lock whose holder is dead is taken over', () => {
  const { pid } = spawnSync('true');
  writeFileSync(file, String(pid));
  lock(file)();
  expect(existsSync(file)).toBe(false);
});

test('of many that start at the same moment, also over a stale lock, one holds it', async () => {
  const program = `
    import { existsSync } from 'node:fs';
    import { lock } from '${join(import.meta.dirname, 'lock.ts')}';
    while (!existsSync('${file}.go'));
    try { lock('${file}'); console.log('held'); } catch (error) { console.log(error.message); }
    await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  `;
  for (let round = 0; round < 2; round += 1) {
    writeFileSync(file, String(spawnSync('true').pid));
    const starts = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', program]));
    const said = starts.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]));
    writeFileSync(`${file}.go`, '');
    const answers = await Promise.all(said);
    expect(answers.filter((answer) => answer.includes('held'))).toHaveLength(1);
    for (const start of starts) start.stdin.end();
    await Promise.all(starts.map((start) => once(start, 'exit')));
    rmSync(`${file}.go`);
  }
});
