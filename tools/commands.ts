import { Command } from 'commander';

/** Adds a command to the program. */
type Add = (program: Command) => void;

/** Functions that add the commands of package.json's scripts. Each module is imported only when its command runs. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  test: async () => (await import('./checks/test-all.ts')).addTest,
  'test-one': async () => (await import('./checks/test-one.ts')).addTestOne,
  check: async () => (await import('./checks/check.ts')).addCheck,
  generate: async () => (await import('./checks/develop.ts')).addGenerate,
  types: async () => (await import('./checks/develop.ts')).addTypes,
  lint: async () => (await import('./checks/develop.ts')).addLint,
  format: async () => (await import('./checks/develop.ts')).addFormat,
  advisories: async () => (await import('./checks/advisories/command.ts')).addAdvisories,
  fuzz: async () => (await import('./checks/fuzz.ts')).addFuzz,
  chaos: async () => (await import('./checks/chaos.ts')).addChaos,
  machines: async () => (await import('./checks/machines/command.ts')).addMachines,
  'test-mysql': async () => (await import('./checks/machines/newest-mysql.ts')).addTestMysql,
  exec: async () => (await import('./checks/exec.ts')).addExec,
  build: async () => (await import('@centflow/delivery/build-all')).addBuild,
  bench: async () => (await import('./bench/bench.ts')).addBench,
  pictures: async () => (await import('./pictures/command.ts')).addPictures,
  rehearse: async () => (await import('./rehearsal/command.ts')).addRehearse,
};

/**
 * Creates the program with the named command, or with all commands if the name is unknown.
 *
 * @param name the command to run. All commands are needed for the help and for the error message.
 */
export async function commands(name = ''): Promise<Command> {
  const program = new Command('npm').description('Commands for maintainers of this repository');
  const selected = COMMANDS[name] === undefined ? Object.values(COMMANDS) : [COMMANDS[name]];
  for (const load of selected) (await load())(program);
  return program;
}
