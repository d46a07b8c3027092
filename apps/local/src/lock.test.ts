import { spawnSync } from 'node:child_process';
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
