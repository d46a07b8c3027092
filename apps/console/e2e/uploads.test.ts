/** What a person does with files, in a browser against the whole local stack. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchBrowser, withoutBrowser } from './browser.ts';
import { type ConsoleStack, startConsole } from './stack.ts';
import { largeFileStory } from './uploads/large-file.story.ts';
import { looksStory } from './uploads/looks.story.ts';
import { manyFilesStory } from './uploads/many-files.story.ts';
import { mendingStory } from './uploads/mending.story.ts';
import { payloadsStory } from './uploads/payloads.story.ts';
import { webFolder } from './uploads/person.ts';
import type { Setting } from './uploads/setting.ts';
import { unknownBankStory } from './uploads/unknown-bank.story.ts';

describe.skipIf(withoutBrowser())('uploads', () => {
  let running: ConsoleStack | undefined;
  let browser: Browser | undefined;
  let folder: string | undefined;
  const setting: Setting = () => {
    if (running === undefined || browser === undefined) throw new Error('The stack does not stand.');
    return { running, browser, url: running.url };
  };

  beforeAll(async () => {
    // Its own copy: a build beside the tests would pull the pages away from under them.
    folder = await mkdtemp(join(tmpdir(), 'centflow-web-'));
    await cp(webFolder, folder, { recursive: true });
    running = await startConsole({ samples: true, webFolder: folder });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  describe('how they look', () => looksStory(setting));
  describe('the export of an unknown bank', () => unknownBankStory(setting));
  describe('many files', () => manyFilesStory(setting));
  describe('mending and undoing', () => mendingStory(setting));
  describe('payloads', () => payloadsStory(setting));
  describe('a large file', () => largeFileStory(setting));
});
