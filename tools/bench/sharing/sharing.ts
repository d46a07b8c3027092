/** Measures one owner's small uploads while another owner keeps the job busy. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@centflow/command-line/exit';
import { queryRows } from '@centflow/local-stack/database';
import { gzipSync } from 'fflate';
import { type BenchStack, putText, untilPublished, warmUp } from '../bench-stack.ts';
import type { Sharing } from '../results.ts';
import type { Sizes } from '../sizes.ts';
import { smallCsv } from '../small-csv.ts';
import { percentile, round } from '../statistics.ts';

const ROWS = 100;
const POLL_MS = 20;
/** The pause between two small uploads, so that only the other owner keeps the stack busy. */
const REST_MS = 200;
const FILES = 6;
/** The task slots of the stack's Spark (emulator/spark_session.py). */
const SLOTS = 6;
const PUTS_AT_ONCE = 16;
const FIRST_CELLS = '2025-01-02,Cafe,Coffee,card,1.50,EUR,';
const FIRST_COLUMNS = 'date,merchant,category,account,amount,currency,description';

/** The uploads of the other owner: file names in the owner's folder, and contents. */
interface Load {
  readonly name: string;
  /** The files that are uploaded before the measured uploads. */
  readonly files: readonly (readonly [name: string, body: string | Uint8Array])[];
}

export async function measureSharing(bench: BenchStack, sizes: Sizes, say: (text: string) => void): Promise<Sharing> {
  say('generating the files');
  const prepared = loads(sizes);
  await warmUp(bench);
  await warmSlots(bench, 'quiet');
  say('quiet');
  const quiet = await uploadsBeside(bench, 'quiet', sizes.sharedUploads);
  const beside: Sharing['beside'] = [];
  for (const load of prepared) {
    await warmSlots(bench, `${beside.length}`);
    say(load.name);
    const owner = `busy${beside.length}`;
    const bytes = load.files.reduce((sum, [, body]) => sum + body.length, 0);
    const since = performance.now();
    const putting = putAll(bench, owner, load);
    // Many small files are still being uploaded when the measured uploads start. A few large files are uploaded before.
    if (load.files.length <= FILES) await putting;
    let seconds = 0;
    const settling = putting
      .then(() => untilSettled(bench, owner, load.files.length))
      .then(() => {
        seconds = round((performance.now() - since) / 1000);
      });
    const isSettled = () => seconds > 0;
    const [uploads] = await Promise.all([
      uploadsBeside(bench, `beside${beside.length}`, sizes.sharedUploads, isSettled),
      settling,
    ]);
    beside.push({ load: load.name, files: load.files.length, bytes, seconds, ...uploads });
  }
  return { rowsEach: ROWS, quiet, beside };
}

/**
 * Warms all task slots. A Spark slot starts its Python process for its first upload, and stops the process after an
 * idle minute.
 */
async function warmSlots(bench: BenchStack, before: string): Promise<void> {
  for (const round of [1, 2]) {
    const owners = Array.from({ length: SLOTS }, (_, index) => `warm-${before}-${index}`);
    const versions = owners.map((owner) =>
      putText(bench, `raw/expenses/owner=${owner}/${round}.csv`, smallCsv(ROWS, round)),
    );
    await untilPublished(bench, await Promise.all(versions), POLL_MS);
  }
}

function loads({ burstUploads, widestRows }: Sizes): readonly Load[] {
  const six = (name: string, extension: string, body: (index: number) => Uint8Array): Load => ({
    name: `${FILES} ${name}`,
    files: Array.from({ length: FILES }, (_, index) => [`${index}.${extension}`, body(index)]),
  });
  const wide = gzipSync(wideCsv(30_000, Array<string>(2500).fill('')), { level: 9 });
  const widest = gzipSync(
    wideCsv(
      512,
      Array.from({ length: widestRows }, () => randomBytes(5).toString('hex')),
    ),
    { level: 9 },
  );
  return [
    six('gzip files with 30,000 columns', 'csv.gz', () => wide),
    six('gzip files with the maximum number of columns', 'csv.gz', () => widest),
    six('files of 400,000 rows', 'csv', (index) => Buffer.from(smallCsv(400_000, index))),
    {
      name: `${burstUploads} small files`,
      files: Array.from({ length: burstUploads }, (_, index) => [`${index}.csv`, smallCsv(10, index)]),
    },
  ];
}

/** Returns a CSV with one valid row. All other rows contain only a text in the last cell. */
function wideCsv(columns: number, lastCells: readonly string[]): Uint8Array {
  const commas = ','.repeat(columns - 1);
  const others = columns - FIRST_COLUMNS.split(',').length;
  const lines = [`${FIRST_COLUMNS}${',a'.repeat(others)}`, `${FIRST_CELLS}${','.repeat(others)}`];
  return Buffer.from([...lines, ...lastCells.map((cell) => `${commas}${cell}`), ''].join('\n'));
}

async function putAll(bench: BenchStack, owner: string, { files }: Load): Promise<void> {
  const rest = files.values();
  const putOneByOne = async () => {
    for (const [name, body] of rest) await putText(bench, `raw/expenses/owner=${owner}/${name}`, body);
  };
  await Promise.all(Array.from({ length: PUTS_AT_ONCE }, putOneByOne));
}

/**
 * Measures small uploads, one after the other, each from S3's event to its publication.
 *
 * @param least the minimum number of uploads; more uploads follow until the other owner's uploads are settled
 */
async function uploadsBeside(
  bench: BenchStack,
  owner: string,
  least: number,
  isSettled = () => true,
): Promise<Sharing['quiet']> {
  const seconds: number[] = [];
  for (let index = 0; index < least || !isSettled(); index += 1) {
    const version = await putText(bench, `raw/expenses/owner=${owner}/${index}.csv`, smallCsv(ROWS, index));
    await untilPublished(bench, [version], POLL_MS);
    const [row] = await queryRows<{ seconds: string }>(
      bench.reporter,
      'SELECT seconds_to_visible AS seconds FROM v_upload_accounting WHERE object_key = ?',
      [version.objectKey],
    );
    seconds.push(Number(row?.seconds));
    await sleep(REST_MS);
  }
  return {
    uploads: seconds.length,
    medianSeconds: round(percentile(seconds, 0.5)),
    p95Seconds: round(percentile(seconds, 0.95)),
    mostSeconds: round(Math.max(...seconds)),
  };
}

async function untilSettled(bench: BenchStack, owner: string, uploads: number): Promise<void> {
  const deadline = Date.now() + 15 * 60_000;
  for (;;) {
    const [row] = await queryRows<{ settled: number }>(
      bench.reporter,
      "SELECT COUNT(*) AS settled FROM v_upload_accounting WHERE owner = ? AND state IN ('published', 'rejected')",
      [owner],
    );
    if (row?.settled === uploads) return;
    if (Date.now() > deadline) throw new CommandError(`Only ${row?.settled} of ${uploads} uploads were settled`);
    await sleep(200);
  }
}
