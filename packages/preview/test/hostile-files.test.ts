/**
 * Tests that the preview accepts any bytes or rejects them with a documented code, and that the job's result is the
 * same.
 *
 * A normal run mutates a few files. It always creates the same files, so that a failure is repeatable. `npm run fuzz`
 * sets `CENTFLOW_FUZZ_SEED` and `CENTFLOW_FUZZ_FILES` to mutate many other files.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBeginning } from '../src/expand.ts';
import { mapExport, proposeMapping, sampleMapping } from '../src/mapping/index.ts';
import { ExportError } from '../src/mapping/map-export.ts';
import { type Preview, previewCsv } from '../src/preview.ts';
import { readHead, readRows } from '../src/read-rows.ts';
import { UploadRejectedError } from '../src/rejection.ts';
import { comparable } from './comparable.ts';
import type { CorpusFile } from './corpus.ts';
import { cpuSeconds } from './cpu-seconds.ts';
import { hostileFile, MOST_BYTES } from './hostile-files.ts';
import { contractOf, judgeFiles } from './job.ts';
import { bytesOf, HEADER } from './statements.ts';

const SEED = Number(process.env.CENTFLOW_FUZZ_SEED ?? 1);
const FILES = Number(process.env.CENTFLOW_FUZZ_FILES ?? 150);
const LIMITS = { expandedBytes: 2 * MOST_BYTES };
/**
 * The job's block size, and a small block size so that blocks end within rows and cells. Each block costs the job a
 * switch between threads.
 */
const BLOCKS = [
  { blockBytes: 4 << 20, fileBytes: Number.POSITIVE_INFINITY },
  { blockBytes: 512, fileBytes: 16 << 10 },
];
const EXPENSES = contractOf('expenses');
const CONTRACTS = [EXPENSES, contractOf('incomes')];

/** The codes that the job's `rejection.py` documents for the content of a file. */
const REJECTIONS = new Set([
  ...['truncated_gzip', 'not_gzip', 'empty_file', 'not_csv', 'not_utf8', 'missing_header', 'duplicate_header'],
  ...['too_many_columns', 'expands_too_much', 'record_too_long', 'too_large', 'open_quote', 'too_many_bad_rows'],
]);

/** The CPU limit for a file: a constant, plus a multiple of the cost of an ordinary file of the maximum size. */
const TIMES_AN_HONEST_FILE = 10;
const SECONDS_AT_START = 0.5;

/**
 * Whether the job's zlib rejects the compressed bits themselves. fflate accepts some of these bits and continues to a
 * wrong checksum or to the end of the file. If the checksum is forged, fflate may accept the file.
 */
function hasInvalidBits({ bytes, extension }: CorpusFile): boolean {
  try {
    if (extension === 'csv.gz') gunzipSync(bytes);
    return false;
  } catch (error) {
    return /^(invalid|too many)/.test((error as Error).message);
  }
}

const nameOf = ({ extension = 'csv' }: CorpusFile): string => `a.${extension}`;

function preview(file: CorpusFile, blockBytes: number): Promise<Preview> {
  return previewCsv(file.bytes, EXPENSES, { name: nameOf(file), limits: LIMITS, blockBytes });
}

/** Runs all the steps that the browser's worker runs for a dropped file. */
async function readInEveryWay(file: CorpusFile): Promise<void> {
  const name = nameOf(file);
  try {
    const { rows } = await readHead(file.bytes, { name });
    expect(new Set(rows.map(({ rowNo }) => rowNo)).size).toBe(rows.length);
    await readRows(file.bytes, { name, from: 2, to: 5, bytesAtMost: LIMITS.expandedBytes * 200 });
    const head = await readBeginning(file.bytes, { name, bytes: MOST_BYTES });
    const { mapping } = proposeMapping(head);
    sampleMapping(head, mapping);
    await mapExport(head, mapping, CONTRACTS);
  } catch (error) {
    if (!(error instanceof UploadRejectedError) && !(error instanceof ExportError)) throw error;
  }
}

describe(`hostile files from seed ${SEED}`, () => {
  let honest = 0;

  beforeAll(async () => {
    const file = { name: '', bytes: bytesOf(`${HEADER.join(',')}\n${'a\n'.repeat(MOST_BYTES / 2)}`) };
    const work = async () => {
      await preview(file, 4 << 20);
      await readInEveryWay(file);
    };
    for (let turn = 0; turn < 3; turn++) honest = await cpuSeconds(work);
  });

  test('hostile files are accepted or get a documented code, with repeatable results at a bounded cost', async () => {
    await fc.assert(
      fc.asyncProperty(hostileFile, async (file) => {
        let found: Preview | undefined;
        const seconds = await cpuSeconds(async () => {
          found = await preview(file, 4 << 20);
          await readInEveryWay(file);
        });
        const { rejected, rowsRead, rowsGood, rowsQuarantined, quarantinedByCode, quarantined } = found as Preview;
        if (rejected !== undefined) expect(REJECTIONS).toContain(rejected.code);
        expect(rowsGood + rowsQuarantined).toBe(rowsRead);
        expect(quarantinedByCode.reduce((sum, { rows }) => sum + rows, 0)).toBe(rowsQuarantined);
        expect(new Set(quarantined.map(({ rowNo }) => rowNo)).size).toBe(quarantined.length);
        expect(await preview(file, 512)).toEqual(found);
        expect(seconds).toBeLessThan(SECONDS_AT_START + TIMES_AN_HONEST_FILE * honest);
      }),
      { seed: SEED, numRuns: FILES },
    );
  });

  describe('the preview and the job', () => {
    let folder = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'centflow-hostile-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test.each(BLOCKS)(
      'the preview and the job return the same result in blocks of $blockBytes bytes',
      async ({ blockBytes, fileBytes }) => {
        const files = new Map(
          fc
            .sample(hostileFile, { seed: SEED, numRuns: FILES })
            .filter(({ bytes }) => bytes.length <= fileBytes)
            .map((file, index) => [`expenses-${String(index).padStart(6, '0')}.${file.extension}`, file]),
        );
        const written = join(folder, String(blockBytes));
        await mkdir(written);
        await Promise.all([...files].map(([name, { bytes }]) => writeFile(join(written, name), bytes)));
        const judged = await judgeFiles(written, blockBytes, LIMITS.expandedBytes);
        for (const [name, file] of files) {
          const mine = comparable(await previewCsv(file.bytes, EXPENSES, { name, limits: LIMITS, blockBytes }));
          if (hasInvalidBits(file)) continue;
          expect(mine, `file ${name} of CENTFLOW_FUZZ_SEED=${SEED}`).toEqual(judged.get(name));
        }
      },
    );
  });
});
