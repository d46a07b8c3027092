/** `rehearse`: read only when it is asked for, as it brings CDKTF with it. */
import type { Command } from 'commander';

export interface RehearseOptions {
  /** undefined: the delivery to all of them. */
  readonly environment?: string;
  /** Adds the calls of roles to the record. */
  readonly record?: boolean;
}

export function addRehearse(program: Command): void {
  program
    .command('rehearse')
    .description('play the delivery of changes to three emulated AWS accounts, with real Terraform')
    .option(
      '--environment <name>',
      'instead, apply this one alone, use it, and destroy it; one that `destroy` leaves nothing of: dev',
    )
    .option('--record', 'add the calls of roles to infra/src/testing/recorded-calls.json')
    .action(async (options: RehearseOptions) => {
      const { run } = await import('./run.ts');
      await run(options);
    });
}
