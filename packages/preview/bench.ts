/**
 * Measures how long a preview takes. Usage: `node bench.ts [rows]`. Prints one line of JSON with the median of five
 * runs.
 *
 * The benchmark runs in Node, because Node and Chromium-based browsers have the same engine, V8. In a Web Worker,
 * 100,000 rows should take at most 1 s.
 */
import { readFileSync } from 'node:fs';
import { previewCsv } from './src/index.ts';

const RUNS = 5;
const rows = Number(process.argv[2] ?? 100_000);
const contract = JSON.parse(
  readFileSync(new URL('../../glue/centflow_glue/contracts/expenses.json', import.meta.url), 'utf8'),
);
const merchants = ['Café Central', 'Market Hall', 'ÖBB Ticket Shop', 'Corner Store', 'Book City, Main Street'];

const lines = ['date,merchant,category,account,amount,currency,description'];
for (let row = 0; row < rows; row++) {
  const day = new Date(Date.UTC(2023, 0, 1) + (row % 1095) * 86_400_000).toISOString().slice(0, 10);
  const merchant = merchants[row % merchants.length] ?? '';
  const amount = ((row * 7919) % 100_000) / 100;
  lines.push(
    `${day},${merchant.includes(',') ? `"${merchant}"` : merchant},Shopping,Card ${row % 3},${amount.toFixed(2)},EUR,payment ${row}`,
  );
}
const blob = new Blob([`${lines.join('\n')}\n`]);

const seconds: number[] = [];
for (let run = 0; run < RUNS; run++) {
  const start = performance.now();
  const preview = await previewCsv(blob, contract, { name: 'bench.csv' });
  seconds.push((performance.now() - start) / 1000);
  if (preview.rowsGood !== rows) throw new Error(`Only ${preview.rowsGood} of ${rows} rows are good.`);
}
seconds.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    rows,
    bytes: blob.size,
    seconds: Number(seconds[Math.floor(RUNS / 2)]?.toFixed(3)),
    slowest: Number(seconds.at(-1)?.toFixed(3)),
    rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  }),
);
