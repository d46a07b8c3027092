/** Runs a rehearsal on emulated AWS accounts: of one environment, from creation to destruction, or of the delivery to all. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { listenForStop } from '@centflow/command-line/stop-request';
import { readEnvironment } from '@centflow/infra';
import { localFolder, readToolPaths } from '@centflow/local-processes/paths';
import { processesLeft } from '@centflow/local-processes/processes-of';
import type { RehearseOptions } from './command.ts';
import { rehearseDelivery } from './delivery/rehearsal.ts';
import { type RehearsalOptions, rehearse } from './rehearsal.ts';
import { Steps } from './steps.ts';

export async function run({ environment: name, record: recordCalls = false }: RehearseOptions): Promise<void> {
  if (name === undefined) return runRehearsal('delivery', (options) => rehearseDelivery({ recordCalls, ...options }));
  const environment = readEnvironment(name);
  if (environment.protectData) {
    const problem = `The environment ${name} protects its data (protectData), so the rehearsal could not destroy the environment at the end.`;
    throw new CommandError(`${problem} Rehearse dev instead.`, EXIT.usage);
  }
  await runRehearsal(name, (options) => rehearse({ environment, recordCalls, ...options }));
}

type Rehearsal = (options: Omit<RehearsalOptions, 'environment' | 'recordCalls'>) => Promise<void>;

async function runRehearsal(name: string, rehearsal: Rehearsal): Promise<void> {
  /** The logs of the last rehearsal with this name. */
  const logFolder = join(localFolder, 'logs', 'rehearsal', name);
  rmSync(logFolder, { recursive: true, force: true });
  mkdirSync(logFolder, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'centflow-rehearsal-'));
  const { signal } = listenForStop();
  const steps = new Steps(console.log, signal);
  try {
    await rehearsal({ steps, tools: readToolPaths(), folder, logFolder });
    await steps.run('All processes of the rehearsal have ended', async () => {
      const left = await processesLeft(folder, 5000);
      if (left.length > 0) throw new Error(left.join('\n'));
    });
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\nThe logs are in ${logFolder}`);
  } finally {
    removeFolder(folder);
    steps.writeReport(join(logFolder, 'junit.xml'));
    // Programs read the counts in the last line.
    console.log(steps.summary());
  }
}

/**
 * Deletes the folder. If the deletion fails, only prints the error. The error must not hide why the rehearsal failed.
 */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    console.error(`The folder ${folder} cannot be deleted: ${error instanceof Error ? error.message : error}`);
  }
}
