/** The console as one household uses it: its API under load, a dashboard's first chart, a large file's preview, its size. */
import { join } from 'node:path';
import { isInOneCurrency, visuals } from '@centflow/reports';
import { z } from 'zod';
import { CommandError } from '../../exit.ts';
import { repository } from '../../paths.ts';
import { putSamples } from '../../samples.ts';
import { type BenchStack, untilPublished, untilQuiet } from '../bench-stack.ts';
import type { ConsoleFigures } from '../results.ts';
import type { Sizes } from '../sizes.ts';
import { percentile, round } from '../statistics.ts';
import { type Answered, load, type Wanted } from './api-load.ts';
import { measureFirstLoad } from './first-load.ts';
import { type Credentials, measureFirstPaint, measurePreview, withBrowser } from './in-browser.ts';

const OWNER = 'ada';
const CURRENCY = 'EUR';
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
  const credentials = await signIn(url);

  say(`${PER_SECOND} requests a second`);
  await load(url, credentials.token, requests(), { perSecond: PER_SECOND / 4, seconds: WARM_SECONDS });
  const { answers, seconds } = await load(url, credentials.token, requests(), {
    perSecond: PER_SECOND,
    seconds: sizes.apiSeconds,
  });
  const api = { perSecond: PER_SECOND, ...figuresOf(answers, seconds) };

  return withBrowser(credentials, async (newPage) => {
    say('first paint of a dashboard');
    const firstPaint = await measureFirstPaint(newPage, url, WEB_FOLDER, sizes.pages);
    say(`preview of ${sizes.previewRows} rows`);
    const preview = await measurePreview(newPage, url, sizes.previewRows, sizes.pages);
    return { api, firstPaint, preview, firstLoad: measureFirstLoad(WEB_FOLDER) };
  });
}

const credentials = z.object({ token: z.string(), expiresAt: z.string() });

async function signIn(url: string): Promise<Credentials> {
  const response = await fetch(`${url}/api/local/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ owner: OWNER }),
  });
  if (!response.ok) throw new CommandError(`The console does not sign ${OWNER} in: it answers ${response.status}`);
  return credentials.parse(await response.json());
}

/** What a person who goes from page to page has the web ask for: mostly charts, every one there is in turn. */
function requests(): Wanted[] {
  const session = { kind: 'session', path: '/api/session' };
  const choices = { kind: 'choices', path: '/api/choices' };
  const uploads = { kind: 'uploads, a page', path: '/api/uploads?limit=50' };
  const transactions = { kind: 'transactions, the newest', path: '/api/transactions' };
  return visuals.flatMap((drawn, index) => {
    const currency = isInOneCurrency(drawn) ? `?currency=${CURRENCY}` : '';
    const visual = { kind: 'visuals', path: `/api/visuals/${drawn.id}${currency}` };
    const other = [session, uploads, choices, transactions][(index / 2) % 4] ?? session;
    return index % 2 === 0 ? [visual, other] : [visual];
  });
}

function figuresOf(answers: readonly Answered[], seconds: number): Omit<ConsoleFigures['api'], 'perSecond'> {
  const faults = answers.flatMap(({ fault }) => fault ?? []);
  const kinds = Map.groupBy(answers, ({ kind }) => kind);
  return {
    requests: answers.length,
    seconds: round(seconds),
    reachedPerSecond: round(answers.length / seconds, 1),
    errors: faults.length,
    firstErrors: [...new Set(faults)].slice(0, 5),
    ...times(answers),
    kinds: [...kinds].map(([kind, of]) => ({ kind, requests: of.length, ...times(of) })),
  };
}

function times(answers: readonly Answered[]) {
  const seconds = answers.map((answer) => answer.seconds);
  return { medianSeconds: round(percentile(seconds, 0.5), 4), p95Seconds: round(percentile(seconds, 0.95), 4) };
}
