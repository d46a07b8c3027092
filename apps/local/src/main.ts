/** The commands: what package.json's scripts call, and what `npm run centflow --`, `npm run infra --` and `npm run deliver --` offer. */
import { inspect } from 'node:util';
import { type Command, CommanderError } from 'commander';
import { CommandError, EXIT } from './exit.ts';
import { printError } from './screen.ts';

/** Commander ends the process itself otherwise, with 1 for every mistake. */
function throwInsteadOfExit(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
  return command;
}

async function main([first, ...rest]: string[]): Promise<void> {
  try {
    // Each program is read only when it is asked for: a command for the running stack answers sooner without the others.
    if (first === 'centflow') {
      const { centflow } = await import('./centflow.ts');
      await throwInsteadOfExit(centflow()).parseAsync(rest, { from: 'user' });
    } else if (first === 'infra') {
      const [{ infra }, { buildAll }] = await Promise.all([import('@centflow/infra/cli'), import('./build-all.ts')]);
      await throwInsteadOfExit(infra(() => buildAll())).parseAsync(rest, { from: 'user' });
    } else if (first === 'deliver') {
      const [{ deliver }, { buildAll }] = await Promise.all([
        import('@centflow/delivery/cli'),
        import('./build-all.ts'),
      ]);
      await throwInsteadOfExit(deliver(() => buildAll())).parseAsync(rest, { from: 'user' });
    } else {
      const { scripts } = await import('./scripts.ts');
      await throwInsteadOfExit(await scripts(first)).parseAsync(first === undefined ? [] : [first, ...rest], {
        from: 'user',
      });
    }
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what is wrong already.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    } else if (error instanceof CommandError) {
      printError(error.message);
      process.exitCode = error.exitCode;
    } else if (first === 'infra') {
      const { exitCodeOf } = await import('@centflow/infra/cli');
      console.error(process.env.CENTFLOW_DEBUG ? error : String(error));
      process.exitCode = exitCodeOf(error);
    } else if (first === 'deliver') {
      const { exitCodeOf } = await import('@centflow/delivery/cli');
      console.error(process.env.CENTFLOW_DEBUG ? error : String(error));
      process.exitCode = exitCodeOf(error);
    } else {
      printError(process.env.CENTFLOW_DEBUG ? inspect(error) : explain(error));
      process.exitCode = EXIT.failed;
    }
  }
}

/** A stack trace is for those who ask for it. */
function explain(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${text}\n(\`npm run centflow -- doctor\` checks every part; CENTFLOW_DEBUG=1 shows where this came from)`;
}

await main(process.argv.slice(2));
// The channel to the bootstrap must not keep a finished command alive.
if (process.connected) process.disconnect();
