/** A rehearsal: an environment from nothing to nothing, by real Terraform, on an AWS account that is an emulator. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '@centflow/infra';
import { CommandError, EXIT } from '../exit.ts';
import { localFolder, readToolPaths } from '../paths.ts';
import { processesLeft } from '../testing/processes.ts';
import { untilTold } from '../until-told.ts';
import type { RehearseOptions } from './command.ts';
import { rehearse } from './rehearsal.ts';
import { Story } from './story.ts';

/** What the last rehearsal left to read. */
const logFolder = join(localFolder, 'logs', 'rehearsal');
const reportFile = join(logFolder, 'junit.xml');

export async function run({ environment: name }: RehearseOptions): Promise<void> {
  const environment = readEnvironment(name);
  if (environment.protectData) {
    const problem = `Environment ${name} keeps its data (protectData), so it cannot be destroyed at the end.`;
    throw new CommandError(`${problem} Rehearse dev.`, EXIT.usage);
  }
  rmSync(logFolder, { recursive: true, force: true });
  mkdirSync(logFolder, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'centflow-rehearsal-'));
  const { signal } = untilTold();
  const story = new Story(console.log, signal);
  try {
    await rehearse({ environment, story, tools: readToolPaths(), folder, logFolder });
    await story.step('No process is left', async () => {
      const left = await processesLeft(folder, 5000);
      if (left.length > 0) throw new Error(left.join('\n'));
    });
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\nThe logs are in ${logFolder}`);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    story.writeReport(reportFile);
    // The last line is read by machines.
    console.log(story.summary());
  }
}
