/** The commands for maintainers of this repository: `npm test`, `npm run check`, `npm run bench` and the others. */
import { runProgram } from '@centflow/command-line/run-program';

const args = process.argv.slice(2);

await runProgram({ args, open: async () => (await import('./commands.ts')).commands(args[0]) });
