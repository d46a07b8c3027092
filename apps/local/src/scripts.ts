import { Command } from 'commander';

/** Adds a command to the program. */
type Add = (program: Command) => void;

/** What package.json's scripts call. A command's module is read only when that command runs. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  start: async () => (await import('./commands/start.ts')).addStart,
  test: async () => (await import('./test-all.ts')).addTest,
  check: async () => (await import('./check.ts')).addCheck,
  generate: async () => (await import('./develop.ts')).addGenerate,
  types: async () => (await import('./develop.ts')).addTypes,
  lint: async () => (await import('./develop.ts')).addLint,
  format: async () => (await import('./develop.ts')).addFormat,
  advisories: async () => (await import('./advisories/command.ts')).addAdvisories,
  fuzz: async () => (await import('./fuzz.ts')).addFuzz,
  build: async () => (await import('./build-all.ts')).addBuild,
  bench: async () => (await import('./bench/bench.ts')).addBench,
  pictures: async () => (await import('./pictures/command.ts')).addPictures,
  rehearse: async () => (await import('./rehearse/command.ts')).addRehearse,
  stack: async () => (await import('./commands/stack.ts')).addStack,
  chaos: async () => (await import('./chaos.ts')).addChaos,
  machines: async () => (await import('./machines/command.ts')).addMachines,
  'test-mysql': async () => (await import('./machines/newest-mysql.ts')).addTestMysql,
};

/**
 * The program of package.json's scripts.
 *
 * @param name the command to run; all commands where there is none of the name, for the help and the error
 */
export async function scripts(name = ''): Promise<Command> {
  const program = new Command('npm').description('Centflow on one machine');
  const wanted = COMMANDS[name] === undefined ? Object.values(COMMANDS) : [COMMANDS[name]];
  for (const load of wanted) (await load())(program);
  return program;
}
