import { gzipSync } from 'node:zlib';
import { FileTooLargeError } from '@centflow/preview';
import { describe, expect, test } from 'vitest';
import { plainBytes, plainHead } from './file-bytes.ts';

const MIB = 2 ** 20;
const HEAD_BYTES = 256 * 1024;

/** So many spaces as gzip, which is a thousandth of them. */
const spaces = (bytes: number) => gzipSync(Buffer.alloc(bytes, ' '));

describe('plainHead', () => {
  test('does not expand what comes after the beginning', async () => {
    const stored = spaces(64 * MIB);
    // Whoever expands as far as this fails.
    stored.fill(0xff, stored.length >> 1);
    const head = await plainHead(new Blob([stored]), 'bank.csv.gz');
    expect(head.length).toBe(HEAD_BYTES);
    expect(head.every((byte) => byte === 0x20)).toBe(true);
  });

  test('gives a short file whole, compressed or not', async () => {
    const text = 'date;amount\n';
    expect(new TextDecoder().decode(await plainHead(new Blob([gzipSync(text)]), 'bank.csv.gz'))).toBe(text);
    expect(new TextDecoder().decode(await plainHead(new Blob([text]), 'bank.csv'))).toBe(text);
  });

  test('says what is wrong with a file that is no gzip', async () => {
    await expect(plainHead(new Blob(['date;amount\n']), 'bank.csv.gz')).rejects.toThrow(/not valid gzip/);
  });
});

describe('plainBytes', () => {
  test('gives up a file that expands to more than is allowed, as soon as it does', async () => {
    const stored = spaces(64 * MIB);
    stored.fill(0xff, stored.length >> 1);
    await expect(plainBytes(new Blob([stored]), 'bank.csv.gz', 16 * MIB)).rejects.toThrow(FileTooLargeError);
    await expect(plainBytes(new Blob([' '.repeat(100)]), 'bank.csv', 99)).rejects.toThrow(FileTooLargeError);
  });

  test('gives a file that is as large as is allowed', async () => {
    expect((await plainBytes(new Blob([spaces(MIB)]), 'bank.csv.gz', MIB)).length).toBe(MIB);
  });
});
