/**
 * What every package's tests begin with.
 *
 * Properties run on the same values each time, so that a change is judged by what it changes. To look further, run them with
 * another seed: `FAST_CHECK_SEED=$RANDOM pnpm --filter @centflow/schema test`.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
