/** What a person sees of their money, in a browser against the whole local stack. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchBrowser, withoutBrowser } from './browser.ts';
import { figuresStory } from './dashboards/figures.story.ts';
import { looksStory } from './dashboards/looks.story.ts';
import { type ConsoleStack, startConsole } from './stack.ts';
import { webFolder } from './uploads/person.ts';
import type { Setting } from './uploads/setting.ts';

describe.skipIf(withoutBrowser())('dashboards', () => {
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

  figuresStory(setting);
  looksStory(setting);
});
