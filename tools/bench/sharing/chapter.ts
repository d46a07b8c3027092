/** The figures of owners who share the job, as text and a table. */
import type { Chapter } from '../chapters.ts';
import { count, megabytes, seconds } from '../figures.ts';
import type { Sharing } from '../results.ts';

const TIMES_QUIET = 5;

/** What is cheap to send. Sound rows of more bytes keep both processors busy, as they would on any machine. */
const CHEAP_BYTES = 10_000_000;

/** The figures in the summary: the worst of what is cheap to send is judged, the worst of the rest is shown. */
export function sharingTargets({ quiet, beside }: Sharing) {
  const worst = (loads: Sharing['beside']) => loads.toSorted((one, other) => other.p95Seconds - one.p95Seconds)[0];
  const cheap = worst(beside.filter(({ bytes }) => bytes <= CHEAP_BYTES));
  const large = worst(beside.filter(({ bytes }) => bytes > CHEAP_BYTES));
  const measured = (load?: Sharing['beside'][number]) =>
    `p95 ${seconds(load?.p95Seconds ?? 0)} beside ${load?.load} (quiet: ${seconds(quiet.p95Seconds)})`;
  return [
    {
      figure: 'One small upload, beside hostile or many files of another owner',
      measured: measured(cheap),
      target: `p95 at most ${TIMES_QUIET} times the quiet p95`,
      reached: (cheap?.p95Seconds ?? 0) <= TIMES_QUIET * quiet.p95Seconds,
    },
    ...(large === undefined
      ? []
      : [
          {
            figure: 'One small upload, beside large files of another owner',
            measured: measured(large),
            target: 'shown',
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
    most: seconds(times.mostSeconds),
  });
  return {
    title: 'Owners who share the job',
    text:
      `One owner uploads a file of ${rowsEach} rows, and the next once it is published. Each figure is from S3's event to the publication. ` +
      'Meanwhile another owner uploads what the first column names, and the uploads go on until all of that is settled, at least 20.',
    tables: [
      [
        { beside: 'nothing', size: '', 'until all are settled': '', ...cells(quiet) },
        ...beside.map((row) => ({
          beside: row.load,
          size: megabytes(row.bytes),
          'until all are settled': seconds(row.seconds),
          ...cells(row),
        })),
      ],
    ],
  };
}
