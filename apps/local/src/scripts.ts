import { Command } from 'commander';
import { addBench } from './bench/bench.ts';
import { addBuild } from './build-all.ts';
import { addCheck } from './check.ts';
import { addStack } from './commands/stack.ts';
import { addStart } from './commands/start.ts';
import { addMachines } from './machines/command.ts';
import { addTestMysql } from './machines/newest-mysql.ts';
import { addPictures } from './pictures/command.ts';
import { addRehearse } from './rehearse/command.ts';
import { addTest } from './test-all.ts';

/** What package.json's scripts call. */
export function scripts(): Command {
  const program = new Command('npm').description('Centflow on one machine');
  for (const add of [
    addStart,
    addTest,
    addCheck,
    addBuild,
    addBench,
    addPictures,
    addRehearse,
    addStack,
    addMachines,
    addTestMysql,
  ])
    add(program);
  return program;
}
