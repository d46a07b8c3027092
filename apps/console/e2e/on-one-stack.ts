/** Stories of people at a browser, on a whole local stack of their own with the samples. */
import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchBrowser, withoutBrowser } from './browser.ts';
import { type ConsoleStack, startConsole } from './stack.ts';
import type { Setting } from './uploads/setting.ts';
import { copyWeb } from './web-copy.ts';

/** Skipped where there is no browser. */
export function describeOnOneStack(name: string, stories: (setting: Setting) => void): void {
  describe.skipIf(withoutBrowser())(name, () => {
    let running: ConsoleStack | undefined;
    let browser: Browser | undefined;
    let folder: string | undefined;

    beforeAll(async () => {
      folder = await copyWeb();
      running = await startConsole({ samples: true, webFolder: folder });
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await running?.[Symbol.asyncDispose]();
      if (folder !== undefined) await rm(folder, { recursive: true });
    });

    stories(() => {
      if (running === undefined || browser === undefined) throw new Error('The stack does not stand.');
      return { running, browser, url: running.url };
    });
  });
}
