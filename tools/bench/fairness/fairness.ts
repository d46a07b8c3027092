/** Measures the console's answers to others while one person sends slow searches. */
import { setTimeout as sleep } from 'node:timers/promises';
import { putSamples } from '@centflow/local-stack/samples';
import { type BenchStack, putExpenses, untilPublished, untilQuiet } from '../bench-stack.ts';
import { type Answered, load } from '../console/api-load.ts';
import { ADA, requestsOfPages, signIn } from '../console/household.ts';
import type { Fairness } from '../results.ts';
import type { Sizes } from '../sizes.ts';
import { median, percentile, round } from '../statistics.ts';
import { allowedSeconds } from './chapter.ts';
import { startSearches } from './searches.ts';

const ATTACKER = 'big';
/** This search finds nothing, so MySQL reads every row. */
const SEARCH = '/api/transactions?q=zzzqqq';
const SEARCHES_AT_ONCE = 40;
/** The requests per second of a person who opens a dashboard each second. */
const PER_SECOND = 10;
const WARM_SECONDS = 3;
/** The time in seconds until all searches are running. */
const RAMP_MS = 2000;
/** The time in seconds for which the other person's requests are measured after the last search. */
const RECOVERY_SECONDS = 10;

export async function measureFairness(bench: BenchStack, sizes: Sizes, say: (text: string) => void): Promise<Fairness> {
  const url = bench.stack.description.consoleUrl;
  say(`loading samples/ and ${sizes.searchedRows} rows`);
  const large = await putExpenses(bench, `raw/expenses/owner=${ATTACKER}/large.csv`, sizes.searchedRows);
  await untilPublished(bench, [...(await putSamples(bench.stack)), large.version], 200);
  await untilQuiet(bench);
  const attacker = await signIn(url, ATTACKER);
  const requests = await requestsOfPages(url, [ADA]);
  const sendPageRequests = (seconds: number) => load(url, requests, { perSecond: PER_SECOND, seconds });
  const searchAlone = () =>
    load(url, [{ kind: 'search', path: SEARCH, token: attacker.token }], { perSecond: 1, seconds: 1 });

  say('quiet');
  await sendPageRequests(WARM_SECONDS);
  await searchAlone();
  const [alone] = (await searchAlone()).answers;
  const quiet = (await sendPageRequests(sizes.fairnessSeconds)).answers;

  say(`${SEARCHES_AT_ONCE} searches at a time`);
  const searches = startSearches(url, attacker.token, SEARCH, SEARCHES_AT_ONCE);
  await sleep(RAMP_MS);
  const attacked = (await sendPageRequests(sizes.fairnessSeconds)).answers;

  say('after the last search');
  const allowed = allowedSeconds(timesOf(quiet).p95Seconds);
  searches.stop();
  const after = (await sendPageRequests(RECOVERY_SECONDS)).answers;
  await searches.ended;
  return {
    rows: sizes.searchedRows,
    searchesAtOnce: SEARCHES_AT_ONCE,
    seconds: sizes.fairnessSeconds,
    searches: searches.answers(),
    searchAloneSeconds: round(alone?.seconds ?? 0),
    perSecond: PER_SECOND,
    quiet: timesOf(quiet),
    attacked: timesOf(attacked),
    firstErrors: [...new Set(attacked.flatMap(({ fault }) => fault ?? []))].slice(0, 5),
    recoveredSeconds: recoveredAfter(after, allowed),
  };
}

/**
 * Returns the seconds until the first second in which all answers are within the limit. Returns the whole measured time
 * if no such second exists.
 */
function recoveredAfter(answers: readonly Answered[], allowed: number): number {
  const inTime = answers.map(({ seconds, fault }) => seconds <= allowed && fault === undefined);
  const first = inTime.findIndex(
    (_, index) => index + PER_SECOND <= inTime.length && inTime.slice(index, index + PER_SECOND).every(Boolean),
  );
  return round((first < 0 ? answers.length : first) / PER_SECOND, 1);
}

function timesOf(answers: readonly Answered[]): Fairness['quiet'] {
  const seconds = answers.map((answer) => answer.seconds);
  return {
    requests: answers.length,
    errors: answers.filter(({ fault }) => fault !== undefined).length,
    medianSeconds: round(median(seconds), 4),
    p95Seconds: round(percentile(seconds, 0.95), 4),
    mostSeconds: round(Math.max(...seconds), 4),
  };
}
