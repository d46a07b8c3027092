/** The command `rehearse`. Its modules are imported only when it runs, because they import CDKTF. */
import type { Command } from 'commander';

export interface RehearseOptions {
  /** The environment to rehearse. If undefined, the delivery to all environments is rehearsed. */
  readonly environment?: string;
  /** Whether new calls of roles are added to the record. */
  readonly record?: boolean;
}

export function addRehearse(program: Command): void {
  program
    .command('rehearse')
    .description('rehearse the delivery of changes to three emulated AWS accounts, with real Terraform')
    .option(
      '--environment <name>',
      'apply, use and destroy this one environment instead; its data must not be protected, so only dev is possible',
    )
    .option('--record', 'add new calls of roles to infra/src/testing/recorded-calls.json')
    .action(async (options: RehearseOptions) => {
      const { run } = await import('./run.ts');
      await run(options);
    });
}
