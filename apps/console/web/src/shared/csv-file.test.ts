import { expect, test } from 'vitest';
import { toCsvFile } from './csv-file.ts';

test('csvFile starts with a byte order mark, keeps accents and neutralises formulas', async () => {
  const bytes = new Uint8Array(await toCsvFile([['Café'], ['=1+1']]).arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(new TextDecoder().decode(bytes)).toBe("Café\r\n'=1+1\r\n");
});
