/** The figures of owners who share the job, as text and a table. */
import type { Chapter } from '../chapters.ts';
import { count, megabytes, seconds } from '../figures.ts';
import type { Sharing } from '../results.ts';

const TIMES_QUIET = 5;

/** The figure that is judged: the worst of what was uploaded beside. */
export function sharingTarget({ quiet, beside }: Sharing) {
  const worst = beside.toSorted((one, other) => other.p95Seconds - one.p95Seconds)[0];
  return {
    figure: 'One small upload, while another owner keeps the job busy',
    measured: `p95 ${seconds(worst?.p95Seconds ?? 0)} beside ${worst?.load} (quiet: ${seconds(quiet.p95Seconds)})`,
    target: `p95 at most ${TIMES_QUIET} times the quiet p95`,
    reached: (worst?.p95Seconds ?? 0) <= TIMES_QUIET * quiet.p95Seconds,
  };
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
      'Meanwhile another owner uploads what the first column names.',
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
