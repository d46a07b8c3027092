/** The people of the samples: what they earn, where they live and what they buy. All of it is invented. */
import type { Household } from './household.ts';
import { ada } from './households/ada.ts';
import { kenji } from './households/kenji.ts';
import { maya } from './households/maya.ts';

/** Everyone who has samples. */
export const households: readonly [Household, Household, Household] = [ada, kenji, maya];

/** The years the samples tell of. */
export const years = [2023, 2024, 2025] as const;
