/**
 * Defines how the rehearsal's repository differs from this repository. The rehearsal needs other settings, because its
 * accounts are emulated.
 */
import { type Environment, type EnvironmentName, readEnvironment } from '@centflow/infra';
import { edit } from './changes.ts';
import type { Checkout } from './checkout.ts';

interface Difference {
  readonly file: string;
  readonly from: RegExp | string;
  readonly to: string;
  readonly reason: string;
}

const differences: readonly Difference[] = [
  {
    file: 'infra/src/environments.ts',
    from: /^( +)report: \{[\s\S]*?^\1\},$/gm,
    to: '$1report: null,',
    reason: 'No emulator has QuickSight.',
  },
  {
    file: 'infra/src/environments.ts',
    from: /^( +)console: \{[\s\S]*?^\1\},$/gm,
    to: '$1console: null,',
    reason:
      'Omitted to save minutes. The console stack is deployed like every other stack, and the rehearsal of one environment covers the console.',
  },
];

/** Returns an environment as the rehearsal's repository defines it. */
export function asDelivered(name: EnvironmentName): Environment {
  return { ...readEnvironment(name), report: null, console: null };
}

/** Commits the differences to `main`, before the first pull request. */
export async function adaptToEmulator(checkout: Checkout): Promise<void> {
  for (const { file, from, to } of differences) edit(checkout, file, from, to);
  const reasons = differences.map(({ file, reason }) => `${file}: ${reason}`);
  await checkout.git(
    'commit',
    '--quiet',
    '--all',
    '--message=Adapt the environments to the emulator',
    `-m${reasons.join('\n')}`,
  );
  await checkout.git('push', '--quiet', 'origin', 'main');
}
