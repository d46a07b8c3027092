/** `npm run infra -- <command>` and `npm run deliver -- <command>`. */
import { runProgram } from '@centflow/command-line/run-program';
import { buildAll } from './build-all.ts';

const [name, ...args] = process.argv.slice(2);

if (name === 'infra') {
  const { exitCodeOf, infra } = await import('./infra/cli.ts');
  await runProgram({ args, open: async () => infra(() => buildAll()), report: reportWith(exitCodeOf) });
} else if (name === 'deliver') {
  const { deliver, exitCodeOf } = await import('./cli.ts');
  await runProgram({ args, open: async () => deliver(() => buildAll()), report: reportWith(exitCodeOf) });
} else {
  throw new Error(`${name} is not a program of apps/delivery. Use \`infra\` or \`deliver\`.`);
}

/** Prints the error's message. If CENTFLOW_DEBUG is set, also prints the stack trace. */
function reportWith(exitCodeOf: (error: unknown) => number): (error: unknown) => Promise<number> {
  return async (error) => {
    console.error(process.env.CENTFLOW_DEBUG ? error : String(error));
    return exitCodeOf(error);
  };
}
