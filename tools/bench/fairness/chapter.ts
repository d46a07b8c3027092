/** The figures of fairness as text and a table. */
import type { Chapter } from '../chapters.ts';
import { count, seconds } from '../figures.ts';
import type { Fairness } from '../results.ts';

const TIMES_QUIET = 3;
/** An answer within this looks immediate to a person, however much faster it is when nothing else happens. */
const IMMEDIATE_SECONDS = 0.1;
const RECOVERED_SECONDS = 2;

/** How long 95 of 100 answers to others may take while one person keeps the console busy. */
export function allowedSeconds(quietP95Seconds: number): number {
  return Math.max(TIMES_QUIET * quietP95Seconds, IMMEDIATE_SECONDS);
}

/** The figure that is judged. */
export function fairnessTarget({ searchesAtOnce, quiet, attacked, recoveredSeconds }: Fairness) {
  const allowed = allowedSeconds(quiet.p95Seconds);
  return {
    figure: `Console: others, while one person sends ${searchesAtOnce} slow searches at a time`,
    measured: `p95 ${milliseconds(attacked.p95Seconds)} (quiet ${milliseconds(quiet.p95Seconds)}), ${attacked.errors} errors, recovered after ${seconds(recoveredSeconds)}`,
    target: `p95 at most ${TIMES_QUIET} times the quiet one or ${milliseconds(IMMEDIATE_SECONDS)}, no error, recovered within ${RECOVERED_SECONDS} s`,
    reached: attacked.p95Seconds <= allowed && attacked.errors === 0 && recoveredSeconds <= RECOVERED_SECONDS,
  };
}

export function fairnessChapter(fairness: Fairness): Chapter {
  const { rows, searchesAtOnce, searches, searchAloneSeconds, perSecond, quiet, attacked, firstErrors } = fairness;
  const faults = firstErrors.length === 0 ? '' : ` Errors, such as ${firstErrors.join('; ')}.`;
  const answered = Object.entries(searches).map(([status, times]) => `${status} ${count(times)} times`);
  return {
    title: 'Fairness',
    text:
      `An owner with ${count(rows)} rows searches for what is in none of them: ${seconds(searchAloneSeconds)} while nothing else is asked. Then ${searchesAtOnce} of these searches at a time, ` +
      `each followed by the next without a pause (answered ${answered.join(', ')}). Meanwhile the pages of another owner send ${perSecond} requests a second for ${fairness.seconds} s, ` +
      `every visual there is in turn among them, as they did for as long before.${faults} An answer within ${milliseconds(IMMEDIATE_SECONDS)} looks immediate, so a p95 up to that is not judged by the quiet one. ` +
      `The console has recovered when a whole second of answers to the other owner is in time: ${seconds(fairness.recoveredSeconds)} after the last search was sent.`,
    tables: [
      [
        { meanwhile: 'nothing else', ...cells(quiet) },
        { meanwhile: `${searchesAtOnce} searches at a time`, ...cells(attacked) },
      ],
    ],
  };
}

function cells(times: Fairness['quiet']) {
  return {
    requests: count(times.requests),
    errors: times.errors,
    'median ms': (times.medianSeconds * 1000).toFixed(1),
    'p95 ms': (times.p95Seconds * 1000).toFixed(1),
    'most ms': (times.mostSeconds * 1000).toFixed(1),
  };
}

function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(0)} ms`;
}
