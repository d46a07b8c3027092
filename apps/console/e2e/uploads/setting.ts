import type { Browser } from 'playwright-core';
import type { ConsoleStack } from '../stack.ts';

/** Returns what the tests run on. Call it within a test, because it exists only then. */
export type Setting = () => { readonly browser: Browser; readonly url: string; readonly running: ConsoleStack };
