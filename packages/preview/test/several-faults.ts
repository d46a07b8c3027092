/** Creates files with several faults each, close together or far apart. */
import { gzipSync } from 'fflate';
import { concatBytes } from '../src/bytes.ts';
import type { CorpusFile } from './corpus.ts';
import { bytesOf, expense, HEADER, latin1Of } from './statements.ts';

/** Describes a set of files: one for each sequence of the named faults and each distance. */
export interface Scale {
  readonly names: readonly FaultName[];
  /** The number of faults per file. */
  readonly count: number;
  /** The size of a file in bytes. */
  readonly bytes: number;
  /** The maximum size of a CSV in bytes. A file with the ending `too large` exceeds it. */
  readonly limit: number;
  /** How many good rows separate two faults. */
  readonly distances: readonly number[];
  /** The files use these endings in turn. */
  readonly endings: readonly Ending[];
}

export type Ending = 'sound' | 'mostly bad' | 'too large' | 'open quote' | 'gzip' | 'gzip, cut off' | 'gzip, damaged';

const LINE = bytesOf(`${expense().join(',')}\n`);

const ROWS = {
  ragged: bytesOf('2025-01-15,m\n'),
  'a bad date': bytesOf(`soon${expense().join(',')}\n`),
  'not UTF-8': latin1Of('2025-01-15,Caf\xe9,c,a,1,EUR,\n'),
  'not UTF-8, ragged': latin1Of('2025-01-15,Caf\xe9,c,a,1,EUR,,,,\xfc\n'),
  'a NUL': bytesOf('2025-01-15,m\0,c,a,1,EUR,0\x10 1\n'),
  'a control character': bytesOf('2025-01-15,m\x10,c,a,1,EUR,\x1a\n'),
} as const;

export type FaultName = keyof typeof ROWS;

export function filesWithSeveralFaults({ names, count, distances, endings, bytes, limit }: Scale): CorpusFile[] {
  return sequences(names, count)
    .flatMap((faults) => distances.map((distance) => ({ faults, distance })))
    .map(({ faults, distance }, index) =>
      fileOf(faults, distance, endings[index % endings.length] as Ending, bytes, limit),
    );
}

function fileOf(
  names: readonly FaultName[],
  distance: number,
  ending: Ending,
  bytes: number,
  limit: number,
): CorpusFile {
  const head = [bytesOf(`${HEADER.join(',')}\n`), lines(3)];
  const faults = names.flatMap((name) => [ROWS[name], lines(distance)]);
  const before = concatBytes([...head, ...faults]);
  const size = ending === 'too large' ? limit + LINE.length : bytes;
  const filler = ending === 'mostly bad' ? concatBytes([ROWS['a bad date'], lines(1), ROWS.ragged]) : LINE;
  const csv = concatBytes([
    before,
    repeated(filler, Math.max(0, Math.ceil((size - before.length) / filler.length))),
    bytesOf(ending === 'open quote' ? `2025-01-15,"m,c,a,1,EUR,\n${'x,\n'.repeat(20)}` : ''),
  ]);
  const name = `${names.join(', then ')}, ${distance} rows apart, ${ending}`;
  if (!ending.startsWith('gzip')) return { name, bytes: csv };
  const compressed = gzipSync(csv, { level: 1 });
  if (ending === 'gzip, damaged') compressed[compressed.length - 6] = (compressed[compressed.length - 6] ?? 0) ^ 0xff;
  return {
    name,
    bytes: ending === 'gzip, cut off' ? compressed.slice(0, -20) : compressed,
    extension: 'csv.gz',
  };
}

function lines(count: number): Uint8Array {
  return repeated(LINE, count);
}

function repeated(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(count * bytes.length);
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at);
  return all;
}

function sequences<Name>(names: readonly Name[], count: number): Name[][] {
  if (count === 0) return [[]];
  return sequences(names, count - 1).flatMap((rest) => names.map((name) => [...rest, name]));
}
