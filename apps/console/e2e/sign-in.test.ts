/**
 * Tests the sign-in in a browser, with tokens that expire. People sign in at an OpenID provider, as on AWS, or with one
 * click, as on the local server.
 */
import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { type LocalServer, startServer } from '../api/local/server.ts';
import { type Belongings, endow, startWorld, type World } from '../api/test/world.ts';
import { launchBrowser, withoutBrowser } from './browser.ts';
import { clickStory } from './sign-in/click.story.ts';
import { providerStory } from './sign-in/provider.story.ts';
import { type Provider, startProvider } from './sign-in/provider.ts';
import { copyWeb } from './web-copy.ts';

describe.skipIf(withoutBrowser())('signing in', () => {
  let provider: Provider | undefined;
  let world: World | undefined;
  let browser: Browser | undefined;
  let ada: Belongings | undefined;
  let byClick: LocalServer | undefined;
  let folder: string | undefined;

  beforeAll(async () => {
    folder = await copyWeb();
    provider = await startProvider();
    world = await startWorld(folder, provider.signIn);
    await provider.serve(world.url);
    ada = await endow(world, 'ada');
    await endow(world, 'bob');
    byClick = await startServer(world.config);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await byClick?.close();
    await world?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const setting = () => {
    if (!provider || !world || !browser || !ada || !byClick) throw new Error('The stack is not running.');
    return { provider, browser, ada, url: world.url, urlByClick: byClick.url };
  };
  describe('sign-in at an OpenID provider', () => providerStory(setting));
  describe('sign-in with one click', () => clickStory(setting));
});
