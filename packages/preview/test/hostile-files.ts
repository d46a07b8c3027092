/** Hostile files: ordinary uploads with random changes of their bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { concatBytes } from '../src/bytes.ts';
import { type CorpusFile, corpus } from './corpus.ts';
import { bytesOf, csvOf, expense, HEADER, latin1Of } from './statements.ts';

const KIB = 1 << 10;
/** The maximum size in bytes of a file after its mutations. */
export const MOST_BYTES = 128 * KIB;
const SEED_BYTES = 6 * KIB;
const repository = join(import.meta.dirname, '..', '..', '..');
const FOLDERS = ['samples/bank-exports', 'samples/raw', 'packages/preview/test/exports'];

const TOKENS: readonly Uint8Array[] = [
  ...['"', '""', '"""', '",', ',"', '"\n', "'", ',', ',,', ';', '\t', '|', '\\', '\\N', 'NULL', ' ', '\u00a0'],
  ...['\n', '\r', '\r\n', '\n\r', '\r\r\n', '\x0b', '\x0c', '\x1c', '\x85', '\u2028'],
  ...['\0', '\0\0', '\x10', '\x100', '\x101', '\x1a', '\x1b[31m', '\x7f', 'x"', '\x80'],
  // Byte order marks and invisible characters.
  ...['\ufeff', '\u202e', '\u00ad', '\u200b', '\u{e0041}', 'é', '☕', '😀', 'e\u0301', 'ﬀ', '١٢'],
  ...[
    '=1+1',
    '-',
    '(',
    '1e999',
    'NaN',
    '9'.repeat(40),
    '-0.00000',
    '2025-02-30',
    '0000-00-00',
    'JPY',
    '[[',
    '{',
    '<a>',
  ],
  ...['date', 'amount', 'PK\x03\x04', '%PDF', `${HEADER.join(',')}\n`, `${expense().join(',')}\n`],
]
  .map(bytesOf)
  // Not UTF-8: an overlong form, a surrogate, a value beyond U+10FFFF, a stray continuation, and incomplete characters.
  .concat(
    ['\xff\xfe', '\xfe\xff', '\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\x80', '\xff'].map(latin1Of),
    ['\xc3', '\xe2\x98', '\xf0\x9f\x98', '\x1f\x8b', '\x1f\x8b\x08\x00'].map(latin1Of),
  );

/** A change of a file's bytes. */
type Mutation = (body: Uint8Array) => Uint8Array;

/** Returns the beginnings of files to mutate: files of other tests, samples and bank exports. */
function seeds(): Uint8Array[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  );
  return [
    ...[0, 1, 4, 40].map((rows) => csvOf(Array.from({ length: rows }, (_, row) => expense({ amount: `${row}.50` })))),
    ...corpus()
      .map(({ bytes }) => bytes)
      .filter(({ length }) => length <= SEED_BYTES),
    ...files.map((file) => new Uint8Array(readFileSync(file)).subarray(0, SEED_BYTES)),
  ];
}

const SEEDS = seeds();
/** The seeds with a valid header. Readers reject the other seeds early. */
const WITH_HEADER = SEEDS.filter((body) => /^(\ufeff)?date,/i.test(new TextDecoder().decode(body.subarray(0, 40))));

/** A random position in a file of any length: anywhere, or next to the following quote, comma or line end. */
const place = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.boolean()).map(([share, isMark]) => (body: Uint8Array) => {
  const at = Math.round((share / 1000) * body.length);
  if (!isMark) return at;
  const found = body.subarray(at).findIndex((byte) => byte === 0x22 || byte === 0x2c || byte === 0x0a || byte === 0x0d);
  return found < 0 ? body.length : at + found + (share % 2);
});
const token = fc.oneof(
  { arbitrary: fc.constantFrom(...TOKENS), weight: 3 },
  { arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }), weight: 1 },
);
const slice = fc.tuple(place, place).map(([first, second]) => (body: Uint8Array): readonly [number, number] => {
  const [one, other] = [first(body), second(body)];
  return one < other ? [one, other] : [other, one];
});

const cut = slice.map(
  (places): Mutation =>
    (body) => {
      const [start, end] = places(body);
      return concatBytes([body.subarray(0, start), body.subarray(end)]);
    },
);
const end = place.map(
  (at): Mutation =>
    (body) =>
      body.subarray(0, at(body)),
);
const repeat = fc.tuple(slice, fc.constantFrom(1, 2, 50, 4000)).map(
  ([places, times]): Mutation =>
    (body) => {
      const [start, stop] = places(body);
      return concatBytes([body.subarray(0, stop), repeatBytes(body.subarray(start, stop), times), body.subarray(stop)]);
    },
);
const swap = fc.tuple(slice, place).map(
  ([places, until]): Mutation =>
    (body) => {
      const [start, middle] = places(body);
      const stop = Math.max(middle, until(body));
      return concatBytes([
        ...[body.subarray(0, start), body.subarray(middle, stop)],
        ...[body.subarray(start, middle), body.subarray(stop)],
      ]);
    },
);
/**
 * Inserts a token up to 100,000 times. So files can have very long cells, deep nesting, or thousands of empty cells or
 * rows.
 */
const insert = fc.tuple(place, token, fc.constantFrom(1, 1, 1, 10, 300, 5000, 100_000)).map(
  ([place_, inserted, length]): Mutation =>
    (body) => {
      const at = place_(body);
      const times = Math.max(1, Math.floor(length / inserted.length));
      return concatBytes([body.subarray(0, at), repeatBytes(inserted, times), body.subarray(at)]);
    },
);
const overwrite = fc.tuple(place, token).map(
  ([place_, written]): Mutation =>
    (body) => {
      const at = place_(body);
      return concatBytes([body.subarray(0, at), written, body.subarray(Math.min(body.length, at + written.length))]);
    },
);
/** Replaces every separator, line end, quote, space or point. */
const replace = fc.tuple(fc.constantFrom(0x2c, 0x0a, 0x22, 0x20, 0x2e), token).map(([old, written]): Mutation => {
  return (body) => concatBytes(Array.from(body, (byte) => (byte === old ? written : Uint8Array.of(byte))));
});
const transcode = fc.constantFrom('utf16le', 'latin1').map((encoding): Mutation => {
  return (body) => new Uint8Array(Buffer.from(new TextDecoder().decode(body), encoding as BufferEncoding));
});
/** Adds up to 13,000 columns with the same name, in the header only or in every row. */
const widen = fc
  .tuple(fc.constantFrom(1, 20, 511, 513, 13_000), fc.constantFrom('', 'a', 'date', ' Amount ', '"x""y"'), fc.boolean())
  .map(
    ([count, name, everywhere]): Mutation =>
      (body) => {
        const lines = Buffer.from(body).toString('latin1').split('\n');
        const [header = '', ...rows] = lines;
        const filled = everywhere ? rows.map((row) => (row === '' ? row : row + ','.repeat(count))) : rows;
        return latin1Of([header + `,${name}`.repeat(count), ...filled].join('\n'));
      },
  );

const mutations = (most: number): fc.Arbitrary<Mutation> =>
  fc
    .array(fc.oneof(cut, end, repeat, swap, insert, insert, overwrite, overwrite, replace, transcode, widen), {
      maxLength: most,
    })
    .map(
      (all): Mutation =>
        (body) =>
          all.reduce((before, mutate) => mutate(before).slice(0, MOST_BYTES), body),
    );

/**
 * Compresses a file once or twice, in one or several members, with empty members or zeros at the end, or damages the
 * result.
 */
const compress = fc
  .record({
    depth: fc.constantFrom(1, 1, 1, 2),
    split: fc.option(place),
    empty: fc.constantFrom(0, 0, 0, 1, 20, 2000),
    zeros: fc.constantFrom(0, 0, 0, 1, 9, 5000),
    damage: fc.option(mutations(2)),
  })
  .map(
    ({ depth, split, empty, zeros, damage }): Mutation =>
      (body) => {
        let stored = body;
        for (let level = 0; level < depth; level++) {
          const at = split?.(stored) ?? stored.length;
          const parts = at < stored.length ? [stored.subarray(0, at), stored.subarray(at)] : [stored];
          stored = concatBytes(parts.map((part) => new Uint8Array(gzipSync(part))));
        }
        stored = concatBytes([stored, repeatBytes(new Uint8Array(gzipSync('')), empty), new Uint8Array(zeros)]);
        return damage?.(stored) ?? stored;
      },
  );

/** A seed file after some mutations, compressed in 3 of 10 cases. */
export const hostileFile: fc.Arbitrary<CorpusFile> = fc
  .tuple(
    fc.oneof(
      { arbitrary: fc.constantFrom(...WITH_HEADER), weight: 2 },
      { arbitrary: fc.constantFrom(...SEEDS), weight: 1 },
    ),
    fc.oneof(mutations(1), mutations(2), mutations(6)),
    fc.oneof({ arbitrary: fc.constant(null), weight: 7 }, { arbitrary: compress, weight: 3 }),
    fc.integer({ min: 0, max: 20 }),
  )
  .map(([body, mutate, pack, chance]) => {
    const mangled = mutate(body);
    const bytes = pack === null ? mangled : pack(mangled);
    const isCompressed = (pack !== null) !== (chance === 0);
    return { name: `${bytes.length} bytes`, bytes, extension: isCompressed ? 'csv.gz' : 'csv' };
  });

function repeatBytes(bytes: Uint8Array, times: number): Uint8Array {
  const size = Math.min(times, Math.ceil(MOST_BYTES / Math.max(1, bytes.length))) * bytes.length;
  return size === 0 ? new Uint8Array(0) : new Uint8Array(Buffer.alloc(size, bytes));
}
