/** Runs a Commander program and turns its outcome into the exit code of this process. */
import { inspect } from 'node:util';
import { type Command, CommanderError } from 'commander';
import { CommandError, EXIT } from './exit.ts';
import { printError } from './screen.ts';

export interface ProgramOptions {
  /** The command-line arguments, without the name of the program. */
  readonly args: readonly string[];
  /** Imports and creates the program. Programs are imported only when they run, because that takes time. */
  readonly open: () => Promise<Command>;
  /** Prints an error that is not a `CommandError` and returns the exit code. */
  readonly report?: (error: unknown) => Promise<number>;
}

/** Parses the arguments, runs the command, and sets the exit code of this process. */
export async function runProgram({ args, open, report = reportUnexpected }: ProgramOptions): Promise<void> {
  try {
    await throwInsteadOfExit(await open()).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed the message already.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    } else if (error instanceof CommandError) {
      printError(error.message);
      process.exitCode = error.exitCode;
    } else {
      process.exitCode = await report(error);
    }
  }
  // The IPC channel to the parent process must not keep a finished command alive.
  if (process.connected) process.disconnect();
}

/** Makes Commander throw. By default, Commander ends the process with exit code 1 for every usage error. */
function throwInsteadOfExit(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
  return command;
}

/** Prints the error's message, and its stack trace if CENTFLOW_DEBUG is set. */
async function reportUnexpected(error: unknown): Promise<number> {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  printError(
    process.env.CENTFLOW_DEBUG
      ? inspect(error)
      : `${text}\n(\`npm run centflow -- doctor\` checks every part; CENTFLOW_DEBUG=1 shows the stack trace)`,
  );
  return EXIT.failed;
}
