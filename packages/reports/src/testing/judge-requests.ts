/** QuickSight's API without an account: requests judged by the model that botocore sends them by. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const script = join(import.meta.dirname, 'judge-requests.py');
const toolPaths = join(import.meta.dirname, '../../../../.local/toolchain/paths.json');

/**
 * What is wrong with requests, by operation; nothing where the API would take their form.
 *
 * @throws an Error where Python cannot run; `npm test` sets it up.
 */
export async function judgeRequests(requests: Readonly<Record<string, object>>): Promise<string[]> {
  // The emulator's botocore is newer than the job's.
  const { emulatorPython } = JSON.parse(readFileSync(toolPaths, 'utf8')) as { emulatorPython: string };
  const python = spawn(emulatorPython, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(python, 'exit');
  python.stdin.end(JSON.stringify(requests));
  const told = await text(python.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${script} ended with ${code}. What it said is above.`);
  return JSON.parse(told) as string[];
}
