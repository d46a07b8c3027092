import { EXIT_CODES_HELP } from '@centflow/command-line/exit';
import { Command } from 'commander';
import { addDelete } from './commands/delete.ts';
import { addDoctor } from './commands/doctor.ts';
import { addQuarantine } from './commands/quarantine.ts';
import { addRebuild } from './commands/rebuild.ts';
import { addRedrive } from './commands/redrive.ts';
import { addReport } from './commands/report.ts';
import { addSweep } from './commands/sweep.ts';
import { addUpload } from './commands/upload.ts';
import { addUploads } from './commands/uploads.ts';

/** Creates the program `npm run centflow -- …`, whose commands need a running stack. */
export function centflow(): Command {
  const program = new Command('npm run centflow --')
    .description('Upload CSV files to the running local stack, follow them, and read the reports')
    .addHelpText('after', EXIT_CODES_HELP);
  for (const add of [
    addUpload,
    addUploads,
    addQuarantine,
    addDelete,
    addReport,
    addSweep,
    addRedrive,
    addRebuild,
    addDoctor,
  ]) {
    add(program);
  }
  return program;
}
