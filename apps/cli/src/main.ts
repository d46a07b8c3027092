/** The entry point of `npm start`, of `npm run centflow -- <command>`, and of `stack` for the tests of other packages. */
import { runProgram } from '@centflow/command-line/run-program';
import { Command } from 'commander';

const [name, ...rest] = process.argv.slice(2);

await runProgram(
  name === 'centflow'
    ? { args: rest, open: async () => (await import('./centflow.ts')).centflow() }
    : {
        args: name === undefined ? [] : [name, ...rest],
        open: async () => {
          const program = new Command('npm').description('Centflow on one machine');
          if (name !== 'stack') (await import('./commands/start.ts')).addStart(program);
          if (name !== 'start') (await import('./commands/stack.ts')).addStack(program);
          return program;
        },
      },
);
