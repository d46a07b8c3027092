/**
 * Measures the console: the API under load, the first chart of a dashboard, the preview of a large file, and the first
 * page load.
 */
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { putSamples } from '@centflow/local-stack/samples';
import { type BenchStack, untilPublished, untilQuiet } from '../bench-stack.ts';
import type { ConsoleFigures } from '../results.ts';
import type { Sizes } from '../sizes.ts';
import { percentile, round } from '../statistics.ts';
import { type Answered, load } from './api-load.ts';
import { measureFirstLoad } from './first-load.ts';
import { ADA, households, requestsOfPages, signIn } from './household.ts';
import { measureFirstPaint, measurePreview, withBrowser } from './in-browser.ts';

const PER_SECOND = 200;
const WARM_SECONDS = 3;
const WEB_FOLDER = join(repository, 'apps', 'console', 'dist', 'web');

export async function measureConsole(
  bench: BenchStack,
  sizes: Sizes,
  say: (text: string) => void,
): Promise<ConsoleFigures> {
  const url = bench.stack.description.consoleUrl;
  say('loading samples/');
  await untilPublished(bench, await putSamples(bench.stack), 100);
  await untilQuiet(bench);
  const credentials = await signIn(url, ADA.owner);
  const requests = await requestsOfPages(url, households);

  say(`${PER_SECOND} requests a second`);
  await load(url, requests, { perSecond: PER_SECOND / 4, seconds: WARM_SECONDS });
  const { answers, seconds } = await load(url, requests, {
    perSecond: PER_SECOND,
    seconds: sizes.apiSeconds,
  });
  const api = { perSecond: PER_SECOND, households: households.length, ...figuresOf(answers, seconds) };

  return withBrowser(credentials, async (newPage) => {
    say('first paint of a dashboard');
    const firstPaint = await measureFirstPaint(newPage, url, WEB_FOLDER, sizes.pages);
    say(`preview of ${sizes.previewRows} rows`);
    const preview = await measurePreview(newPage, url, sizes.previewRows, sizes.pages);
    return { api, firstPaint, preview, firstLoad: measureFirstLoad(WEB_FOLDER) };
  });
}

function figuresOf(
  answers: readonly Answered[],
  seconds: number,
): Omit<ConsoleFigures['api'], 'perSecond' | 'households'> {
  const faults = answers.flatMap(({ fault }) => fault ?? []);
  const kinds = Map.groupBy(answers, ({ kind }) => kind);
  return {
    requests: answers.length,
    seconds: round(seconds),
    reachedPerSecond: round(answers.length / seconds, 1),
    errors: faults.length,
    firstErrors: [...new Set(faults)].slice(0, 5),
    ...times(answers),
    kinds: [...kinds].map(([kind, group]) => ({ kind, requests: group.length, ...times(group) })),
  };
}

function times(answers: readonly Answered[]) {
  const seconds = answers.map((answer) => answer.seconds);
  return { medianSeconds: round(percentile(seconds, 0.5), 4), p95Seconds: round(percentile(seconds, 0.95), 4) };
}
