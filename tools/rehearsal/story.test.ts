import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseReport } from '../checks/junit.ts';
import { RehearsalError, Story } from './story.ts';

test('a story has a line for each step, says how it ended, and its report counts the same', async () => {
  const lines: string[] = [];
  const story = new Story((line) => lines.push(line));
  await story.step('`store` applies', async (note) => note('56 to create'));
  const failing = story.step('An upload shows', async () => {
    throw new Error('it did <not>');
  });
  await expect(failing).rejects.toThrow(new RehearsalError('An upload shows: it did <not>'));
  expect(lines).toEqual([
    expect.stringMatching(/^✔ +\d+\.\d s {2}`store` applies: 56 to create$/),
    expect.stringMatching(/^✘ +\d+\.\d s {2}An upload shows$/),
  ]);
  expect(story.summary()).toBe('1 passed, 1 failed, 0 skipped');
  const folder = mkdtempSync(join(tmpdir(), 'centflow-story-'));
  story.writeReport(join(folder, 'report.xml'));
  const report = readFileSync(join(folder, 'report.xml'), 'utf8');
  rmSync(folder, { recursive: true });
  expect(parseReport(report)).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  expect(report).toContain('An upload shows');
});

test('a story that is told to end does so within its step', async () => {
  const controller = new AbortController();
  const story = new Story(() => undefined, controller.signal);
  const endless = story.step('Waiting', () => new Promise<void>(() => undefined));
  controller.abort('SIGTERM');
  await expect(endless).rejects.toThrow('Waiting: ended early: SIGTERM');
});
