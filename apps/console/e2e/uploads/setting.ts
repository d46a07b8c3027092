import type { Browser } from 'playwright-core';
import type { ConsoleStack } from '../stack.ts';

/** What the stories run on; asked within a test, since it stands only then. */
export type Setting = () => { readonly browser: Browser; readonly url: string; readonly running: ConsoleStack };
