/** `rehearse`: read only when it is asked for, as it brings CDKTF with it. */
import type { Command } from 'commander';

export interface RehearseOptions {
  readonly environment: string;
}

export function addRehearse(program: Command): void {
  program
    .command('rehearse')
    .description('apply an environment to an emulated AWS account with real Terraform, use it, and destroy it')
    .requiredOption('--environment <name>', 'one that `destroy` leaves nothing of: dev')
    .action(async (options: RehearseOptions) => {
      const { run } = await import('./run.ts');
      await run(options);
    });
}
