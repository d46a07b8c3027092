/** Renders the console's figures as text and tables. */
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

/** Returns the figures that have a target. */
export function consoleTargets({ api, firstPaint, preview, firstLoad }: ConsoleFigures): Target[] {
  return [
    {
      figure: `Console: API at ${api.perSecond} requests a second`,
      measured: `p95 ${milliseconds(api.p95Seconds)}, ${api.errors} errors, ${api.reachedPerSecond.toFixed(0)} answers/s`,
      target: 'no errors',
      reached: api.errors === 0 && api.reachedPerSecond >= api.perSecond * 0.98,
    },
    {
      figure: `Console: preview of ${count(preview.rows)} rows in the browser`,
      measured: `${seconds(preview.medianSeconds)}, page blocked for at most ${milliseconds(preview.longestTaskSeconds)}`,
      target: 'under 1 s, without freezing the page',
      reached: preview.medianSeconds < 1 && preview.longestTaskSeconds < 0.2,
    },
    {
      figure: 'Console: first load of the pages, gzipped',
      measured: kilobytes(firstLoad.bytes),
      target: `under ${FIRST_LOAD_KB} KB`,
      reached: firstLoad.bytes < FIRST_LOAD_KB * 1000,
    },
    {
      figure: 'Console: from navigation to the first chart',
      measured: `median ${seconds(firstPaint.chartMedianSeconds)}, maximum ${seconds(firstPaint.chartMostSeconds)}`,
      target: 'none',
      reached: true,
    },
  ];
}

export function consoleChapter({ api, firstPaint, preview, firstLoad }: ConsoleFigures): Chapter {
  const faults = api.errors === 0 ? '' : ` Errors: ${api.errors}, such as ${api.firstErrors.join('; ')}.`;
  return {
    title: 'Console',
    text:
      `The local console with the samples, used by ${api.households === 1 ? 'the owner of one household' : `the owners of ${api.households} households`}. Browser, servers and client share the machine's processors. The API receives ` +
      `${api.perSecond} requests a second, at a constant rate, for ${api.seconds.toFixed(0)} s. They include every visual in turn. Times are measured from the moment when a request was due until ` +
      `the end of its answer.${faults} The preview reads a CSV of ${megabytes(preview.bytes)} with all ten columns, ${preview.files} times on a fresh page. The time is measured from the choice of the file until ` +
      `the page offers to send it (maximum ${seconds(preview.mostSeconds)}), including the search for duplicates of earlier uploads. The page was blocked for at most ${milliseconds(preview.longestTaskSeconds)}. ` +
      `A dashboard is opened ${firstPaint.loads} times with an empty cache. The first content appears after ${seconds(firstPaint.contentMedianSeconds)} and the first chart after ${seconds(firstPaint.chartMedianSeconds)} ` +
      `(medians; maximum ${seconds(firstPaint.chartMostSeconds)}). By then, ${kilobytes(firstPaint.assetBytes)} of scripts, styles, fonts and maps (gzipped) are loaded. The first load is the page's entry, ` +
      'its static imports, and their styles.',
    tables: [
      [...api.kinds, { ...api, kind: 'all' }].map((each) => ({
        request: each.kind,
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

/** Removes the hash, which changes with every build, from a name such as `assets/index-B3xkq0Zt.js`. */
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
