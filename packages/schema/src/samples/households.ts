/** The people of the samples. All of them are invented. */
import type { Household } from './household.ts';
import { ada } from './households/ada.ts';
import { kenji } from './households/kenji.ts';
import { maya } from './households/maya.ts';

/** All households with samples. */
export const households: readonly [Household, Household, Household] = [ada, kenji, maya];

/** The years that the samples cover. */
export const years = [2023, 2024, 2025] as const;
