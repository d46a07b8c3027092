/**
 * The entry point of `npm start` and `npm run centflow -- <command>`. Tests of other packages use its `stack` command.
 */
import { runProgram } from '@centflow/command-line/run-program';
import { Command } from 'commander';

const [name, ...rest] = process.argv.slice(2);

await runProgram(
  name === 'centflow'
    ? { args: rest, open: async () => (await import('./centflow.ts')).centflow() }
    : {
        args: name === undefined ? [] : [name, ...rest],
        open: async () => {
          const program = new Command('npm').description('run Centflow on this machine');
          if (name !== 'stack') (await import('./commands/start.ts')).addStart(program);
          if (name !== 'start') (await import('./commands/stack.ts')).addStack(program);
          return program;
        },
      },
);
