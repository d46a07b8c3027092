/** Renders the figures of owners who share the job as text and a table. */
import type { Chapter } from '../chapters.ts';
import { count, megabytes, seconds } from '../figures.ts';
import type { Sharing } from '../results.ts';

const TIMES_QUIET = 5;

/** Uploads up to this size are cheap to send. Larger files of valid rows keep both processors busy on any machine. */
const CHEAP_BYTES = 10_000_000;

/**
 * Returns two figures for the summary. The figure of the slowest cheap load has a target. The figure of the slowest
 * expensive load has no target.
 */
export function sharingTargets({ quiet, beside }: Sharing) {
  const worst = (loads: Sharing['beside']) => loads.toSorted((one, other) => other.p95Seconds - one.p95Seconds)[0];
  const cheap = worst(beside.filter(({ bytes }) => bytes <= CHEAP_BYTES));
  const large = worst(beside.filter(({ bytes }) => bytes > CHEAP_BYTES));
  const measured = (load?: Sharing['beside'][number]) =>
    `p95 ${seconds(load?.p95Seconds ?? 0)} during ${load?.load} (quiet: ${seconds(quiet.p95Seconds)})`;
  return [
    {
      figure: 'One small upload, during hostile or many files of another owner',
      measured: measured(cheap),
      target: `p95 at most ${TIMES_QUIET} times the quiet p95`,
      reached: (cheap?.p95Seconds ?? 0) <= TIMES_QUIET * quiet.p95Seconds,
    },
    ...(large === undefined
      ? []
      : [
          {
            figure: 'One small upload, during large files of another owner',
            measured: measured(large),
            target: 'none',
            reached: true,
          },
        ]),
  ];
}

export function sharingChapter({ rowsEach, quiet, beside }: Sharing): Chapter {
  const cells = (times: Sharing['quiet']) => ({
    uploads: count(times.uploads),
    median: seconds(times.medianSeconds),
    p95: seconds(times.p95Seconds),
    max: seconds(times.mostSeconds),
  });
  return {
    title: 'Owners who share the job',
    text:
      `One owner uploads files of ${rowsEach} rows, each after the previous one is published. Each time is measured from the S3 event to the publication. ` +
      'Meanwhile another owner uploads the files in the first column. The small uploads continue until all of these files are settled. At least 20 small uploads are measured.',
    tables: [
      [
        { 'other uploads': 'none', size: '', 'until all are settled': '', ...cells(quiet) },
        ...beside.map((row) => ({
          'other uploads': row.load,
          size: megabytes(row.bytes),
          'until all are settled': seconds(row.seconds),
          ...cells(row),
        })),
      ],
    ],
  };
}
