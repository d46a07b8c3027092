import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseReport } from '../checks/junit.ts';
import { RehearsalError, Steps } from './steps.ts';

test('Steps prints a line with the outcome of each step, and writes a report with the same counts', async () => {
  const lines: string[] = [];
  const steps = new Steps((line) => lines.push(line));
  await steps.run('`store` applies', async (note) => note('56 to create'));
  const failing = steps.run('An upload shows', async () => {
    throw new Error('it did <not>');
  });
  await expect(failing).rejects.toThrow(new RehearsalError('An upload shows: it did <not>'));
  expect(lines).toEqual([
    expect.stringMatching(/^✔ +\d+\.\d s {2}`store` applies: 56 to create$/),
    expect.stringMatching(/^✘ +\d+\.\d s {2}An upload shows$/),
  ]);
  expect(steps.summary()).toBe('1 passed, 1 failed, 0 skipped');
  const folder = mkdtempSync(join(tmpdir(), 'centflow-steps-'));
  steps.writeReport(join(folder, 'report.xml'));
  const report = readFileSync(join(folder, 'report.xml'), 'utf8');
  rmSync(folder, { recursive: true });
  expect(parseReport(report)).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  expect(report).toContain('An upload shows');
});

test('Steps aborts the current step if the signal is aborted', async () => {
  const controller = new AbortController();
  const steps = new Steps(() => undefined, controller.signal);
  const endless = steps.run('Waiting', () => new Promise<void>(() => undefined));
  controller.abort('SIGTERM');
  await expect(endless).rejects.toThrow('Waiting: stopped by SIGTERM');
});
