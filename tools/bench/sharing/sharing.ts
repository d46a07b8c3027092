/** How long one owner's small upload takes while another owner keeps the job busy. */
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
/** Between two uploads, so that each finds the stack as the other owner keeps it. */
const REST_MS = 200;
const FILES = 6;
/** Of the stack's Spark (emulator/spark_session.py). */
const SLOTS = 6;
const PUTS_AT_ONCE = 16;
const FIRST_CELLS = '2025-01-02,Cafe,Coffee,card,1.50,EUR,';
const FIRST_COLUMNS = 'date,merchant,category,account,amount,currency,description';

/** What the other owner uploads: object keys below the owner's folder, and bodies. */
interface Load {
  readonly name: string;
  /** Put at once, before the uploads that are measured. */
  readonly files: readonly (readonly [name: string, body: string | Uint8Array])[];
}

export async function measureSharing(bench: BenchStack, sizes: Sizes, say: (text: string) => void): Promise<Sharing> {
  say('writing what is uploaded');
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
    // Those of many files come while the files are put, others after them.
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

/** A slot of Spark starts its Python process with the first upload that it gets, and ends it after a minute without any. */
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
    six('gzip files with as many columns as may be', 'csv.gz', () => widest),
    six('files of 400,000 rows', 'csv', (index) => Buffer.from(smallCsv(400_000, index))),
    {
      name: `${burstUploads} small files`,
      files: Array.from({ length: burstUploads }, (_, index) => [`${index}.csv`, smallCsv(10, index)]),
    },
  ];
}

/** A good row, and rows of commas alone with a text in the last cell. */
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
 * Small uploads, one after the other; from S3's event to the publication of each.
 *
 * @param least how many there are at least; more while the other owner's uploads are not settled
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
