/** Renders results for the terminal, for tools/bench/README.md, and for the table in README.md. */
import { type Row, renderTable } from '@centflow/command-line/table';
import { type Chapter, targetRows, toChapters } from './chapters.ts';
import type { PartialResults, Results } from './results.ts';

const GENERATED = '<!-- Generated from results.json by `npm run bench -- --render`; do not edit. -->';
const BEGIN = '<!-- bench: generated from tools/bench/results.json by `npm run bench -- --render` -->';
const END = '<!-- /bench -->';

export function renderForTerminal(results: PartialResults): string {
  const [first, ...others] = toChapters(results);
  // The summary is at the end, because the end of the output stays visible in a terminal.
  return [...others, ...(first === undefined ? [] : [first])].map(chapterForTerminal).join('\n\n');
}

function chapterForTerminal({ title, text, tables }: Chapter): string {
  const drawn = tables.filter((rows) => rows.length > 0).map((rows) => renderTable(rows));
  return [title, ...(text === '' ? [] : [wrap(text)]), ...drawn].join('\n');
}

/** Renders tools/bench/README.md. */
export function renderReadme(results: PartialResults): string {
  const chapters = toChapters(results).map(({ title, text, tables }) =>
    [`## ${title}`, text, ...tables.map(markdownTable)].filter((part) => part !== '').join('\n\n'),
  );
  return `${[GENERATED, '# Benchmark', INTRODUCTION, ...chapters].join('\n\n')}\n`;
}

const INTRODUCTION =
  '`npm run bench` measures Centflow on the machine it runs on and writes `results.json` and this page. ' +
  '`npm run bench -- --quick` takes a few minutes and does not write `results.json` or this page. `--only load,latency` measures some parts, and `--update` adds them to this page. ' +
  'The programs are in `tools/bench` and `tools/bench/python`. Seconds are wall-clock seconds. All figures are from one run, unless stated below.';

/** Replaces the figures between the two markers of a README. Returns a README without markers unchanged. */
export function renderInto(readme: string, results: Results): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) return readme;
  return `${readme.slice(0, begin)}${BEGIN}\n\n${markdownTable(targetRows(results))}\n\n${readme.slice(end)}`;
}

/** Renders a table with padded cells, as the formatter requires. */
function markdownTable(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return '';
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '').replaceAll('|', '\\|')));
  const widths = names.map((name, index) => Math.max(name.length, ...cells.map((line) => line[index]?.length ?? 0), 3));
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(names), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

function wrap(text: string, width = 120): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
