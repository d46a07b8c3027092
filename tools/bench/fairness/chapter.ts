/** Renders the figures of fairness as text and a table. */
import type { Chapter } from '../chapters.ts';
import { count, seconds } from '../figures.ts';
import type { Fairness } from '../results.ts';

const TIMES_QUIET = 3;
/** The time in seconds within which an answer seems immediate to a person. */
const IMMEDIATE_SECONDS = 0.1;
const RECOVERED_SECONDS = 2;

/** Returns the maximum p95, in seconds, of the answers to other people while one person sends slow searches. */
export function allowedSeconds(quietP95Seconds: number): number {
  return Math.max(TIMES_QUIET * quietP95Seconds, IMMEDIATE_SECONDS);
}

/** Returns the figure for the summary, and its target. */
export function fairnessTarget({ searchesAtOnce, quiet, attacked, recoveredSeconds }: Fairness) {
  const allowed = allowedSeconds(quiet.p95Seconds);
  return {
    figure: `Console: answers to others while one person sends ${searchesAtOnce} slow searches at a time`,
    measured: `p95 ${milliseconds(attacked.p95Seconds)} (quiet ${milliseconds(quiet.p95Seconds)}), ${attacked.errors} errors, recovered after ${seconds(recoveredSeconds)}`,
    target: `p95 at most ${TIMES_QUIET} times the quiet p95 or ${milliseconds(IMMEDIATE_SECONDS)}, no errors, recovered within ${RECOVERED_SECONDS} s`,
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
      `An owner with ${count(rows)} rows searches for a text that no row contains. One search takes ${seconds(searchAloneSeconds)} without other requests. Then ${searchesAtOnce} of these searches run at a time, ` +
      `each followed by the next without a pause (answered ${answered.join(', ')}). Meanwhile the pages of another owner send ${perSecond} requests a second for ${fairness.seconds} s, ` +
      `which include every visual in turn. The quiet figures were measured with the same requests before the searches.${faults} An answer within ${milliseconds(IMMEDIATE_SECONDS)} looks immediate, so a p95 up to this limit is always accepted. ` +
      `The console has recovered after the first second in which all answers to the other owner are within the limit: ${seconds(fairness.recoveredSeconds)} after the last search was sent.`,
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
    'max ms': (times.mostSeconds * 1000).toFixed(1),
  };
}

function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(0)} ms`;
}
