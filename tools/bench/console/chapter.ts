/** The console's figures as text and tables. */
import type { Chapter } from '../chapters.ts';
import { count, megabytes, seconds } from '../figures.ts';
import type { ConsoleFigures } from '../results.ts';

interface Target {
  readonly figure: string;
  readonly measured: string;
  readonly target: string;
  readonly reached: boolean;
}

const FIRST_LOAD_KB = 350;

/** Those that are judged. */
export function consoleTargets({ api, firstPaint, preview, firstLoad }: ConsoleFigures): Target[] {
  return [
    {
      figure: `Console: its API at ${api.perSecond} requests a second`,
      measured: `p95 ${milliseconds(api.p95Seconds)}, ${api.errors} errors, ${api.reachedPerSecond.toFixed(0)} answers/s`,
      target: 'no error',
      reached: api.errors === 0 && api.reachedPerSecond >= api.perSecond * 0.98,
    },
    {
      figure: `Console: preview of ${count(preview.rows)} rows in the browser`,
      measured: `${seconds(preview.medianSeconds)}, page blocked for at most ${milliseconds(preview.longestTaskSeconds)}`,
      target: 'under 1 s, not freezing the page',
      reached: preview.medianSeconds < 1 && preview.longestTaskSeconds < 0.2,
    },
    {
      figure: 'Console: first load of the web, gzipped',
      measured: kilobytes(firstLoad.bytes),
      target: `under ${FIRST_LOAD_KB} KB`,
      reached: firstLoad.bytes < FIRST_LOAD_KB * 1000,
    },
    {
      figure: 'Console: from navigation to the first chart',
      measured: `${seconds(firstPaint.chartMedianSeconds)}, most ${seconds(firstPaint.chartMostSeconds)}`,
      target: 'shown',
      reached: true,
    },
  ];
}

export function consoleChapter({ api, firstPaint, preview, firstLoad }: ConsoleFigures): Chapter {
  const faults = api.errors === 0 ? '' : ` Errors: ${api.errors}, such as ${api.firstErrors.join('; ')}.`;
  return {
    title: 'Console',
    text:
      `The local console before the samples, as ${api.households === 1 ? 'the owner of one household' : `the owners of ${api.households} households`}; browser, servers and client share the machine's processors. The API is sent ` +
      `${api.perSecond} requests a second, evenly, for ${api.seconds.toFixed(0)} s, every visual there is in turn among them; a time is from when a request was due until ` +
      `the end of its answer.${faults} A preview is of a CSV of ${megabytes(preview.bytes)} with all ten columns, ${preview.files} times on a fresh page, from its choice until ` +
      `the page offers to send it (most ${seconds(preview.mostSeconds)}), duplicates among what was sent before included; the page was blocked for at most ${milliseconds(preview.longestTaskSeconds)}. ` +
      `A dashboard is opened ${firstPaint.loads} times with an empty cache: first content after ${seconds(firstPaint.contentMedianSeconds)}, first chart after ${seconds(firstPaint.chartMedianSeconds)} ` +
      `(medians; most ${seconds(firstPaint.chartMostSeconds)}), with ${kilobytes(firstPaint.assetBytes)} of scripts, styles, fonts and maps (gzipped) fetched by then. The first load is the page's entry, ` +
      'what it imports at once, and their styles.',
    tables: [
      [...api.kinds, { ...api, kind: 'all' }].map((each) => ({
        asked: each.kind,
        requests: count(each.requests),
        'median ms': inMilliseconds(each.medianSeconds),
        'p95 ms': inMilliseconds(each.p95Seconds),
      })),
      [...firstLoad.files, { file: 'first load', bytes: firstLoad.bytes }].map(({ file, bytes }) => ({
        file: withoutHash(file),
        'gzipped KB': (bytes / 1000).toFixed(1),
      })),
    ],
  };
}

/** `assets/index-B3xkq0Zt.js`: the part that changes with every build. */
function withoutHash(file: string): string {
  return file.replace(/-[\w-]{8}(?=\.\w+$)/, '');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} KB`;
}

function inMilliseconds(value: number): string {
  return (value * 1000).toFixed(1);
}

function milliseconds(value: number): string {
  return `${(value * 1000).toFixed(0)} ms`;
}
