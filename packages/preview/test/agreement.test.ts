/** Reads each file with the preview and with the job, and compares all fields of the results. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { previewCsv } from '../src/preview.ts';
import { comparable } from './comparable.ts';
import { type CorpusFile, corpus } from './corpus.ts';
import { generatedFiles } from './generated-files.ts';
import { contractOf, judgeFiles, samplesFolder } from './job.ts';

const GENERATED = 400;
const LIMITS = { expandedBytes: 16 << 20 };
/** The job's block size, and a small block size so that blocks end within rows and cells. */
const BLOCKS = [4 << 20, 400];

/** The maximum size in bytes of the files for small blocks. Each block costs the job a switch between threads. */
const SMALL_BYTES = 4000;

interface WrittenFile extends CorpusFile {
  readonly file: string;
}

let folder = '';
const files: WrittenFile[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-preview-'));
  for (const size of BLOCKS) await mkdir(join(folder, String(size)));
  const all = [...corpus(), ...(await samples()), ...generatedFiles(GENERATED)];
  for (const [index, file] of all.entries()) {
    const number = String(index).padStart(5, '0');
    files.push({ ...file, file: `${file.feed ?? 'expenses'}-${number}.${file.extension ?? 'csv'}` });
  }
  for (const size of BLOCKS) {
    await Promise.all(fitting(size).map(({ file, bytes }) => writeFile(join(folder, String(size), file), bytes)));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(BLOCKS)('the preview and the job in blocks of %i bytes', (blockBytes) => {
  test('the preview and the job return the same result for every file', async () => {
    const judged = await judgeFiles(join(folder, String(blockBytes)), blockBytes, LIMITS.expandedBytes);
    const different: unknown[] = [];
    for (const { file, feed = 'expenses', name, bytes } of fitting(blockBytes)) {
      const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
      try {
        // The result must be the same for every block size.
        for (const size of new Set([blockBytes, ...BLOCKS.slice(0, 1)])) {
          const preview = await previewCsv(blob, contractOf(feed), { name: file, limits: LIMITS, blockBytes: size });
          expect(comparable(preview)).toEqual(judged.get(file));
        }
      } catch (error) {
        different.push(`${name} (${file}): ${(error as Error).message}`);
      }
    }
    expect(different.slice(0, 5), `${different.length} files differ`).toEqual([]);
  }, 300_000);
});

test('the test files contain every fault and every rejection of the job', async () => {
  const found = new Set<string>();
  for (const { file, feed = 'expenses', bytes } of fitting(400)) {
    const preview = await previewCsv(bytes, contractOf(feed), { name: file, limits: LIMITS });
    if (preview.rejected) found.add(preview.rejected.code);
    for (const { code } of preview.quarantinedByCode) found.add(code);
  }
  expect([...found].sort()).toEqual([
    ...['bad_date', 'bad_month', 'bad_number', 'control_character', 'duplicate_header', 'empty_file'],
    ...['expands_too_much', 'missing_header', 'missing_value', 'not_csv', 'not_gzip', 'not_utf8', 'number_too_large'],
    ...['number_too_small', 'open_quote'],
    ...['ragged_row', 'too_long', 'too_many_bad_rows', 'too_many_columns', 'too_many_decimals', 'truncated_gzip'],
    ...['unknown_currency', 'unknown_value', 'wrong_extension'],
  ]);
});

function fitting(blockBytes: number): readonly WrittenFile[] {
  return blockBytes > 1 << 20 ? files : files.filter(({ bytes }) => bytes.length < SMALL_BYTES);
}

async function samples(): Promise<CorpusFile[]> {
  const entries = await readdir(samplesFolder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const name = path.slice(samplesFolder.length + 1);
        const extension = name.endsWith('.gz') ? 'csv.gz' : 'csv';
        return { name, feed: name.split(sep)[0] ?? '', extension, bytes: new Uint8Array(await readFile(path)) };
      }),
  );
}
