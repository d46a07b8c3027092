import type { Browser } from 'playwright-core';
import type { ConsoleStack } from '../stack.ts';

/**
 * Returns the browser and the stack that the tests use. Call the function within a test, because they do not exist
 * earlier.
 */
export type Setting = () => { readonly browser: Browser; readonly url: string; readonly running: ConsoleStack };
