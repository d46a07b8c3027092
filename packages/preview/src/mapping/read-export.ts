/** An export's bytes → rows of cells, by the encoding and the delimiter that the mapping says. */
import Papa from 'papaparse';
import type { Delimiter } from './mapping.ts';

/** A row of an export; a quoted line end does not count, as in a spreadsheet. */
export interface ExportRow {
  readonly rowNo: number;
  readonly cells: readonly string[];
}

/** Reads rows that hold anything; an unknown encoding is read as UTF-8. */
export function readExport(text: string, delimiter: Delimiter, rowsAtMost = 0): ExportRow[] {
  const { data } = Papa.parse<string[]>(text, { delimiter, preview: rowsAtMost, skipEmptyLines: false });
  return data
    .map((cells, index) => ({ rowNo: index + 1, cells }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}

/** Without its byte order mark; bytes that the encoding does not know become �. */
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
 * Which encoding the first bytes of a file speak for.
 *
 * UTF-16 gives itself away by its mark, or by a zero in every other byte; what is no UTF-8 is taken for Windows-1252, which
 * western banks write and which knows every byte that Latin-1 does.
 *
 * @param isWhole whether the bytes end with the file, and not within a character
 */
export function detectEncoding(bytes: Uint8Array, isWhole: boolean): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = { even: 0, odd: 0 };
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0) zeros[at % 2 === 0 ? 'even' : 'odd'] += 1;
  if (zeros.odd > bytes.length / 4) return 'utf-16le';
  if (zeros.even > bytes.length / 4) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}
