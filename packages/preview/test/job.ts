/** Runs the job's own Python code on files. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Contract } from '../src/contract.ts';

const repository = resolve(import.meta.dirname, '..', '..', '..');
const glue = join(repository, 'glue');

type QuarantinedTuple = readonly [rowNo: number, column: string | null, code: string, message: string, rawText: string];

/** The job's result for one file. */
export interface Outcome {
  readonly rejected?: { readonly code: string; readonly reason: string };
  readonly header?: readonly string[];
  readonly ignoredColumns?: readonly string[];
  readonly rowsRead?: number;
  readonly rowsGood?: number;
  readonly rowsQuarantined?: number;
  readonly amountGood?: string;
  readonly amountQuarantined?: string;
  readonly firstDate?: string | null;
  readonly lastDate?: string | null;
  readonly hasTransactionIds?: boolean;
  readonly notes?: readonly string[];
  /** Row number, column, code, message and raw text. */
  readonly quarantined?: readonly QuarantinedTuple[];
  /** Month, currency, rows and amount. */
  readonly months?: readonly unknown[];
  /** Each fingerprint in hexadecimal with its number of rows, in the order of the first rows. */
  readonly fingerprints?: readonly unknown[];
}

/** Reads, checks and counts the files of a folder with the job's code. The beginning of a file's name is its feed. */
export async function judgeFiles(folder: string, blockBytes: number, limit: number): Promise<Map<string, Outcome>> {
  const lines = await runPython<{ readonly file: string } & Outcome>('judge_files.py', [folder, blockBytes, limit]);
  return new Map(lines.map(({ file, ...outcome }) => [file, outcome]));
}

/** Processes each file many times on a busy machine. Returns the distinct results of each file. */
export async function judgeOften(
  folder: string,
  blockBytes: number,
  limit: number,
  times: number,
): Promise<Map<string, readonly Outcome[]>> {
  const lines = await runPython<{ readonly file: string; readonly outcomes: readonly Outcome[] }>('judge_often.py', [
    ...[folder, blockBytes, limit, times],
  ]);
  return new Map(lines.map(({ file, outcomes }) => [file, outcomes]));
}

async function runPython<Line>(script: string, parameters: readonly (string | number)[]): Promise<Line[]> {
  const { stdout } = await promisify(execFile)(
    uv(),
    [
      ...['run', '--frozen', '--project', glue, 'python', '-W', 'ignore'],
      ...[join(import.meta.dirname, script), ...parameters.map(String)],
    ],
    { maxBuffer: 1 << 30, env: { ...process.env, UV_PROJECT_ENVIRONMENT: join(repository, '.local', 'venv') } },
  );
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** Returns the contract that the job reads. */
export function contractOf(feed: string): Contract {
  return JSON.parse(readFileSync(join(glue, 'centflow_glue', 'contracts', `${feed}.json`), 'utf8')) as Contract;
}

export const samplesFolder = join(repository, 'samples', 'raw');

function uv(): string {
  const paths = join(repository, '.local', 'toolchain', 'paths.json');
  if (!existsSync(paths)) {
    throw new Error(
      `${paths} is missing, so the job's Python cannot be run. Run \`npm start\` or \`npm test\`, which set up what they need.`,
    );
  }
  return (JSON.parse(readFileSync(paths, 'utf8')) as { readonly uv: string }).uv;
}
