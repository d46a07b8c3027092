/** Checks requests to QuickSight without an account, against botocore's model of its API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const script = join(import.meta.dirname, 'judge-requests.py');
const toolPaths = join(import.meta.dirname, '../../../../.local/toolchain/paths.json');

/**
 * Returns the problems of requests, by operation. The result is empty if the API would accept the form of all requests.
 *
 * @throws {Error} if Python cannot run. `npm test` installs Python.
 */
export async function judgeRequests(requests: Readonly<Record<string, object>>): Promise<string[]> {
  // Uses the emulator's Python, because its botocore is newer than the job's.
  const { emulatorPython } = JSON.parse(readFileSync(toolPaths, 'utf8')) as { emulatorPython: string };
  const python = spawn(emulatorPython, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(python, 'exit');
  python.stdin.end(JSON.stringify(requests));
  const problems = await text(python.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${script} ended with ${code}. Its output is above.`);
  return JSON.parse(problems) as string[];
}
