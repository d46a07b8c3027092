/** The command `bench`: measures speed, memory and price. Figures that are compared come from the same run. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { printJson } from '@centflow/command-line/screen';
import type { Command } from 'commander';
import { type BenchStack, benchFolder, withBenchStack } from './bench-stack.ts';
import { measureBurst } from './burst.ts';
import { measureConsole } from './console/console.ts';
import { measureFairness } from './fairness/fairness.ts';
import { RESULTS_FILE, readResults, updateResults, writePages, writeResults } from './files.ts';
import { measureGrowth } from './growth.ts';
import { measureLatency } from './latency.ts';
import { measureLoad } from './load.ts';
import { describeMachine } from './machine.ts';
import { installPeers } from './python.ts';
import { renderForTerminal } from './render.ts';
import { type Machine, type PartialResults, partialResults } from './results.ts';
import { measureSharing } from './sharing/sharing.ts';
import { FULL_ROWS, parseRows, parseSections, planSizes, SECTIONS, type Section, type Sizes } from './sizes.ts';
import { round } from './statistics.ts';
import { measureWarmStart } from './warm-start.ts';

interface BenchOptions {
  readonly only: readonly Section[];
  readonly quick?: boolean;
  readonly rows?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly render?: boolean;
  readonly update?: boolean;
}

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure speed and memory on temporary stacks; a whole run takes about 25 minutes on two cores')
    .option(
      '--only <parts>',
      `measure only these parts, separated by commas: ${SECTIONS.join(', ')}`,
      parseSections,
      SECTIONS,
    )
    .option('--quick', 'use small sizes, to check that the benchmark works')
    .option(
      '--rows <n>',
      `number of rows of the large file, by default ${FULL_ROWS}; the other sizes depend on this number`,
      parseRows,
    )
    .option(
      '--out <file>',
      'file for the results; the default is tools/bench/results.json for a whole run, otherwise .local/bench/results.json',
    )
    .option('--update', 'replace the measured parts in tools/bench/results.json, and keep its other parts')
    .option('--json', 'print JSON')
    .option('--render', 'only update the pages, without measuring, with the figures in tools/bench/results.json')
    .action(bench);
}

async function bench(options: BenchOptions): Promise<void> {
  if (options.render) {
    writePages(readResults());
    return;
  }
  const sizes = planSizes(options.quick === true, options.rows);
  if (options.update && sizes.scale !== 'full') {
    throw new CommandError(
      'Figures of small sizes cannot be stored. Remove --update, or remove --quick and --rows.',
      EXIT.usage,
    );
  }
  const results = await measure(options.only, sizes);
  if (options.update) updateResults(results);
  const isWhole = sizes.scale === 'full' && SECTIONS.every((section) => options.only.includes(section));
  const file = resolve(options.out ?? (isWhole ? RESULTS_FILE : join(benchFolder, 'results.json')));
  writeResults(file, results);
  if (options.json) printJson(results);
  else console.log(`\n${renderForTerminal(results)}\n\nWritten to ${file}`);
}

async function measure(only: readonly Section[], sizes: Sizes): Promise<PartialResults> {
  mkdirSync(benchFolder, { recursive: true });
  const since = performance.now();
  const stopping = new AbortController();
  const abort = () => stopping.abort(new Error('The benchmark was stopped'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, abort);
  process.once('disconnect', abort);

  const results: Omit<PartialResults, 'machine' | 'seconds'> = { scale: sizes.scale };
  let machine: Machine | undefined;
  const onStack = <Result>(
    section: Section,
    work: (stack: BenchStack, sizes: Sizes, say: (text: string) => void) => Promise<Result>,
    parts: { readonly withConsole?: boolean } = {},
  ): Promise<Result> =>
    withBenchStack(
      stopping.signal,
      progress(section),
      async (stack) => {
        machine ??= await describeMachine(stack.administrator);
        return work(stack, sizes, progress(section));
      },
      parts,
    );

  if (only.includes('start')) {
    // This stack only describes the machine. Each measured start runs a separate stack.
    await onStack('start', () => Promise.resolve());
    results.start = await measureWarmStart(stopping.signal, sizes.warmStarts, progress('start'));
  }
  if (only.includes('load')) {
    progress('load')('installing the loaders to compare with');
    await installPeers();
    results.load = await onStack('load', measureLoad);
  }
  if (only.includes('latency')) results.latency = await onStack('latency', measureLatency);
  if (only.includes('burst')) results.burst = await onStack('burst', measureBurst);
  if (only.includes('large') || only.includes('views')) {
    const { large, views } = await measureGrowth(
      stopping.signal,
      sizes,
      only.includes('views'),
      progress('large'),
      async (stack) => {
        machine ??= await describeMachine(stack.administrator);
      },
    );
    if (only.includes('large')) results.large = large;
    if (only.includes('views')) results.views = views;
  }
  if (only.includes('console')) results.console = await onStack('console', measureConsole, { withConsole: true });
  if (only.includes('fairness')) results.fairness = await onStack('fairness', measureFairness, { withConsole: true });
  if (only.includes('sharing')) results.sharing = await onStack('sharing', measureSharing);
  return partialResults.parse({ ...results, machine, seconds: round((performance.now() - since) / 1000, 0) });
}

/** Returns a function that reports progress on standard error: one line for each step, with the time since the start. */
function progress(section: Section): (text: string) => void {
  let last = '';
  return (text) => {
    const step = text.replace(/^\d+ of \d+ /, '');
    if (step === last && !process.stderr.isTTY) return;
    const line = `[${clock()}] ${section}: ${text}`;
    if (process.stderr.isTTY) process.stderr.write(`${step === last ? '\r\u001b[2K' : '\n'}${line}`);
    else process.stderr.write(`${line}\n`);
    last = step;
  };
}

function clock(): string {
  const seconds = Math.floor(performance.now() / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
