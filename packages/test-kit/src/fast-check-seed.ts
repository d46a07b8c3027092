/**
 * Runs before the tests of every package and fixes fast-check's seed.
 *
 * Properties then use the same values in each run, so a test fails only because of a code change. To try other values,
 * set
 * another seed: `FAST_CHECK_SEED=$RANDOM pnpm --filter @centflow/schema test`.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
