/**
 * Tests that no result depends on a race. A busy machine processes files with several faults many times, and must
 * always return the same result.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { previewCsv } from '../src/preview.ts';
import { comparable } from './comparable.ts';
import type { CorpusFile } from './corpus.ts';
import { contractOf, judgeOften } from './job.ts';
import { filesWithSeveralFaults, type Scale } from './several-faults.ts';

interface Case extends Scale {
  readonly name: string;
  /** The block sizes, and how often each file is processed in blocks of that size. */
  readonly blocks: readonly { readonly blockBytes: number; readonly times: number }[];
}

const KIB = 1 << 10;
const MIB = 1 << 20;

const CASES: readonly Case[] = [
  {
    name: 'pairs of faults in small blocks',
    names: ['ragged', 'a bad date', 'not UTF-8', 'not UTF-8, ragged', 'a NUL'],
    endings: ['sound', 'too large', 'open quote', 'gzip', 'gzip, cut off', 'gzip, damaged', 'mostly bad'],
    ...{ count: 2, distances: [4], bytes: 2 * KIB, limit: 3 * KIB },
    blocks: [
      { blockBytes: 400, times: 4 },
      { blockBytes: 4 * MIB, times: 1 },
    ],
  },
  {
    name: 'three faults, each in another block',
    names: ['ragged', 'a bad date', 'not UTF-8'],
    endings: ['sound', 'too large', 'open quote', 'gzip', 'gzip, cut off', 'gzip, damaged'],
    ...{ count: 3, distances: [1500], bytes: 400 * KIB, limit: 500 * KIB },
    blocks: [
      { blockBytes: 64 * KIB, times: 2 },
      { blockBytes: 4 * MIB, times: 1 },
    ],
  },
  {
    name: 'more bad rows than good ones',
    names: ['ragged', 'a bad date'],
    endings: ['mostly bad'],
    ...{ count: 2, distances: [0, 8], bytes: 6 * KIB, limit: 7 * KIB },
    blocks: [
      { blockBytes: 1500, times: 5 },
      { blockBytes: 4 * MIB, times: 1 },
    ],
  },
  {
    name: 'a file of more than 4 MiB',
    names: ['ragged', 'not UTF-8'],
    endings: ['sound', 'too large'],
    ...{ count: 2, distances: [72_000], bytes: 4.5 * MIB, limit: 5 * MIB },
    blocks: [{ blockBytes: 4 * MIB, times: 2 }],
  },
];

describe.each(CASES)('a busy machine that processes $name', (set) => {
  const files = new Map<string, CorpusFile>();
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'centflow-preview-'));
    for (const [index, file] of filesWithSeveralFaults(set).entries()) {
      files.set(`expenses-${String(index).padStart(5, '0')}.${file.extension ?? 'csv'}`, file);
    }
    await Promise.all([...files].map(([name, { bytes }]) => writeFile(join(folder, name), bytes)));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(set.blocks)(
    'always gets the same result in the job and in the preview, with blocks of $blockBytes bytes',
    async ({ blockBytes, times }) => {
      const judged = await judgeOften(folder, blockBytes, set.limit, times);
      const different: unknown[] = [];
      for (const [name, file] of files) {
        const options = { name, blockBytes, limits: { expandedBytes: set.limit } };
        const {
          months: _,
          fingerprints: __,
          ...expected
        } = comparable(await previewCsv(file.bytes, contractOf('expenses'), options));
        try {
          expect(judged.get(name)).toEqual([expected]);
        } catch (error) {
          different.push(`${file.name} (${name}): ${(error as Error).message}`);
        }
      }
      expect(different.slice(0, 5), `${different.length} of ${files.size} files`).toEqual([]);
    },
    300_000,
  );
});
