/** Runs browser tests on one local stack with the samples. */
import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { launchBrowser, withoutBrowser } from './browser.ts';
import { type ConsoleStack, startConsole } from './stack.ts';
import type { Setting } from './uploads/setting.ts';
import { copyWeb } from './web-copy.ts';

/** Skipped without a browser. */
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
      if (running === undefined || browser === undefined) throw new Error('The stack is not running.');
      return { running, browser, url: running.url };
    });
  });
}
