/** Splits an export into rows of cells, with the encoding and the delimiter of its mapping. */
import Papa from 'papaparse';
import type { Delimiter } from './mapping.ts';

/** A row of an export. A line end within quotes does not start a new row, as in a spreadsheet. */
export interface ExportRow {
  readonly rowNo: number;
  readonly cells: readonly string[];
}

/** Reads all rows that are not empty. */
export function readExport(text: string, delimiter: Delimiter, rowsAtMost = 0): ExportRow[] {
  const { data } = Papa.parse<string[]>(text, { delimiter, preview: rowsAtMost, skipEmptyLines: false });
  return data
    .map((cells, index) => ({ rowNo: index + 1, cells }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}

/** Decodes the bytes and removes the byte order mark. Invalid bytes become �. An unknown encoding is read as UTF-8. */
export function decodeExport(bytes: Uint8Array, encoding: string): string {
  return decoderOf(encoding).decode(bytes);
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder();
  }
}

/**
 * Detects the encoding from the first bytes of a file. UTF-16 has a byte order mark, or a zero in every other byte. All
 * other bytes that are not UTF-8 count as Windows-1252. Western banks use Windows-1252, and it contains all printable
 * characters of Latin-1.
 *
 * @param isWhole whether the bytes are the whole file, so that the last character is complete
 */
export function detectEncoding(bytes: Uint8Array, isWhole: boolean): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = { even: 0, odd: 0 };
  for (let offset = 0; offset < bytes.length; offset++)
    if (bytes[offset] === 0) zeros[offset % 2 === 0 ? 'even' : 'odd'] += 1;
  if (zeros.odd > bytes.length / 4) return 'utf-16le';
  if (zeros.even > bytes.length / 4) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}
