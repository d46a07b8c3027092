import { gzipSync } from 'node:zlib';
import { FileTooLargeError } from '@centflow/preview';
import { describe, expect, test } from 'vitest';
import { readAllBytes, readHeadBytes } from './file-bytes.ts';

const MIB = 2 ** 20;
const HEAD_BYTES = 256 * 1024;

/** Returns the given number of spaces as gzip, which takes a thousandth of the size. */
const spaces = (bytes: number) => gzipSync(Buffer.alloc(bytes, ' '));

describe('readHeadBytes', () => {
  test('does not expand a compressed file beyond its beginning', async () => {
    const stored = spaces(64 * MIB);
    // Expanding the file up to this point would fail.
    stored.fill(0xff, stored.length >> 1);
    const head = await readHeadBytes(new Blob([stored]), 'bank.csv.gz');
    expect(head.length).toBe(HEAD_BYTES);
    expect(head.every((byte) => byte === 0x20)).toBe(true);
  });

  test('returns a short file completely, whether compressed or not', async () => {
    const text = 'date;amount\n';
    expect(new TextDecoder().decode(await readHeadBytes(new Blob([gzipSync(text)]), 'bank.csv.gz'))).toBe(text);
    expect(new TextDecoder().decode(await readHeadBytes(new Blob([text]), 'bank.csv'))).toBe(text);
  });

  test('reports a file that is not valid gzip', async () => {
    await expect(readHeadBytes(new Blob(['date;amount\n']), 'bank.csv.gz')).rejects.toThrow(/not valid gzip/);
  });
});

describe('readAllBytes', () => {
  test('stops as soon as a file expands to more than the limit', async () => {
    const stored = spaces(64 * MIB);
    stored.fill(0xff, stored.length >> 1);
    await expect(readAllBytes(new Blob([stored]), 'bank.csv.gz', 16 * MIB)).rejects.toThrow(FileTooLargeError);
    await expect(readAllBytes(new Blob([' '.repeat(100)]), 'bank.csv', 99)).rejects.toThrow(FileTooLargeError);
  });

  test('returns a file whose size is exactly the limit', async () => {
    expect((await readAllBytes(new Blob([spaces(MIB)]), 'bank.csv.gz', MIB)).length).toBe(MIB);
  });
});
