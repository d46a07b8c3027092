/** Turns results into chapters of text and tables, which the terminal and tools/bench/README.md show. */
import type { Row } from '@centflow/command-line/table';
import { consoleChapter, consoleTargets } from './console/chapter.ts';
import { fairnessChapter, fairnessTarget } from './fairness/chapter.ts';
import { count, megabytes, minutes, seconds } from './figures.ts';
import type { PartialResults, Results, Stage, Usages, ViewTime, VisualTime } from './results.ts';
import { sharingChapter, sharingTargets } from './sharing/chapter.ts';

export interface Chapter {
  readonly title: string;
  readonly text: string;
  readonly tables: readonly (readonly Row[])[];
}

const STAGE_TEXTS: Readonly<Record<Stage, string>> = {
  put: 'put → S3 event',
  queue: 'S3 event → Lambda starts',
  trigger: 'Lambda → StartJobRun response',
  start: 'StartJobRun → job starts in warm Spark',
  plan: 'job start → loading (reads manifest, S3 and database, starts Spark task)',
  load: 'loading → loaded',
  publish: 'loaded → published',
  see: 'published → seen by a polling reader',
};

export function toChapters(results: PartialResults): Chapter[] {
  const chapters = [targets(results), machineChapter(results)];
  if (results.start) chapters.push(startChapter(results.start));
  if (results.load) chapters.push(loadChapter(results.load));
  if (results.latency) chapters.push(latencyChapter(results.latency));
  if (results.burst) chapters.push(burstChapter(results.burst));
  if (results.large) chapters.push(largeChapter(results.large));
  if (results.views) chapters.push(viewsChapter(results.views));
  if (results.console) chapters.push(consoleChapter(results.console));
  if (results.fairness) chapters.push(fairnessChapter(results.fairness));
  if (results.sharing) chapters.push(sharingChapter(results.sharing));
  return chapters;
}

/** Returns the figures that have a target. */
export function targetRows({
  start,
  load,
  latency,
  burst,
  large,
  views,
  console,
  fairness,
  sharing,
}: PartialResults): Row[] {
  const rows: Row[] = [];
  const add = (figure: string, measured: string, target: string, reached: boolean) =>
    rows.push({ figure, measured, target, reached: reached ? 'yes' : 'no' });
  if (start) {
    add(
      '`npm start` with the samples loaded, until ready',
      `median ${seconds(start.readyMedianSeconds)}, maximum ${seconds(start.readyMostSeconds)}`,
      'median at most 15 s',
      start.readyMedianSeconds <= 15,
    );
  }
  if (load) {
    add(
      `Load of ${count(load.rows)} rows, compared with the MySQL client alone`,
      `${load.ratioToLoadData.toFixed(2)} of its rate (${count(load.ours.rowsPerSecond)} rows/s)`,
      'at least 0.70',
      load.ratioToLoadData >= 0.7,
    );
  }
  if (latency) {
    add(
      `One upload of ${latency.rowsEach} rows, put → visible, warm`,
      `median ${seconds(latency.warmMedianSeconds)}, p95 ${seconds(latency.p95Seconds)}`,
      'median at most 1.0 s',
      latency.warmMedianSeconds <= 1,
    );
  }
  if (burst) {
    add(
      `${count(burst.uploads)} uploads at once`,
      `${seconds(burst.seconds)}, ${burst.jobRuns} job runs, ${burst.price.usd.toFixed(2)} USD on Glue`,
      'at most 20 job runs',
      burst.jobRuns <= 20,
    );
  }
  if (large) {
    add(
      `${count(large.rows)} rows in one file`,
      `${seconds(large.seconds)}, ${count(large.rowsPerSecond)} rows/s, ${large.heapMb} MB of Spark heap`,
      'heap fixed at 2048 MB',
      large.heapMb <= 2048,
    );
  }
  const slowest = views?.visuals.toSorted((one, other) => other.p95Seconds - one.p95Seconds)[0];
  if (views && slowest) {
    add(
      `Slowest visual of an owner with ${count(views.ownerRows)} rows`,
      `p95 ${seconds(slowest.p95Seconds)} (${slowest.visual}, ${PERIODS[slowest.period]})`,
      'p95 at most 0.30 s',
      slowest.p95Seconds <= 0.3,
    );
  }
  for (const { figure, measured, target, reached } of console ? consoleTargets(console) : []) {
    add(figure, measured, target, reached);
  }
  if (fairness) {
    const { figure, measured, target, reached } = fairnessTarget(fairness);
    add(figure, measured, target, reached);
  }
  for (const { figure, measured, target, reached } of sharing ? sharingTargets(sharing) : []) {
    add(figure, measured, target, reached);
  }
  return rows;
}

function targets(results: PartialResults): Chapter {
  return {
    title: 'Figures and targets',
    text:
      results.scale === 'full'
        ? `${results.again ? 'Measured' : 'All measured'} in one run of ${minutes(results.seconds)}, each part on a fresh stack.${againText(results.again)}`
        : `A quick run of ${minutes(results.seconds)} with small sizes. It only shows that the benchmark works, and its figures are not representative. For real figures, run \`npm run bench\`.`,
    tables: [targetRows(results)],
  };
}

/** Lists the parts that were measured again after the run. */
function againText(again: PartialResults['again'] = {}): string {
  const parts = Object.entries(again).map(
    ([section, { date, commit }]) => `${section} (${date.slice(0, 10)}, commit ${commit})`,
  );
  return parts.length === 0 ? '' : ` Measured separately afterwards: ${parts.join(', ')}.`;
}

function machineChapter({ machine }: PartialResults): Chapter {
  const pairs = (values: Readonly<Record<string, string>>, separator: string) =>
    Object.entries(values)
      .map(([name, value]) => `${name}${separator}${value}`)
      .join(', ');
  return {
    title: 'Machine',
    text: '',
    tables: [
      [
        { what: 'date', value: machine.date },
        { what: 'commit', value: machine.commit },
        { what: 'processor', value: `${machine.cores} × ${machine.cpu}` },
        { what: 'memory', value: `${machine.memoryGb} GB` },
        { what: 'system', value: machine.system },
        { what: 'versions', value: pairs(machine.versions, ' ') },
        { what: 'MySQL settings', value: pairs(machine.mysqlSettings, '=') },
      ],
    ],
  };
}

function startChapter({
  starts,
  readyMedianSeconds,
  readyMostSeconds,
  consoleMedianSeconds,
}: Results['start']): Chapter {
  return {
    title: 'Start',
    text:
      `${starts} runs of \`npm start\`, with everything installed and the samples loaded. Time from the command until the console's address is printed: ` +
      `median ${seconds(consoleMedianSeconds)}. Time until the samples are compared with the bucket and the reports are shown: ` +
      `median ${seconds(readyMedianSeconds)}, maximum ${seconds(readyMostSeconds)}.`,
    tables: [],
  };
}

function loadChapter(load: Results['load']): Chapter {
  const { untilJob, loading, publishing } = load.ours.stages;
  return {
    title: 'Load',
    text:
      `${count(load.rows)} expenses with all ten columns (${megabytes(load.bytes)}). Centflow's time is from the object's event in S3 until its publication. ` +
      'The real trigger and job run in a warm Spark session; parsing, checks, fingerprints and bookkeeping are included. ' +
      `It is compared, in alternating runs, with ${load.client.name}. The client runs the same LOAD DATA statement on a local file ` +
      'that already contains all columns, including the fingerprint. Its table has the definition of `expenses`. If mysqld uses nearly 1 s of processor time a second, ' +
      "the limit is the server's single thread, not the client. " +
      `The ratio of the medians is ${load.ratioToLoadData.toFixed(2)}, and of the pairs ${load.ratioSpread.map((ratio) => ratio.toFixed(2)).join(' to ')}. ` +
      `Centflow's time consists of (medians): ${seconds(untilJob)} until the job starts to load, ${seconds(loading)} loading, ${seconds(publishing)} publishing.`,
    tables: [
      [
        ...load.ours.runs.map((run, index) => ({ by: `Centflow, run ${index + 1}`, ...loadCells(run) })),
        ...load.client.runs.map((run, index) => ({ by: `MySQL client, run ${index + 1}`, ...loadCells(run) })),
      ],
      [
        loadRow('MySQL client alone, LOAD DATA LOCAL', load.rows, load.client.medianSeconds, load.rows, load),
        loadRow('Centflow', load.rows, load.ours.medianSeconds, load.rows, load),
        ...load.peers.map((peer) =>
          loadRow(`${peer.name} (${peer.version})`, peer.measuredRows, peer.measuredSeconds, load.rows, load),
        ),
      ],
      load.ours.runs[0] ? usageRows(load.ours.runs[0].usages) : [],
    ],
  };
}

function loadCells(run: Results['load']['ours']['runs'][number]): Row {
  return { seconds: run.seconds.toFixed(2), 'rows/s': count(run.rowsPerSecond), 'mysqld CPU s/s': run.mysqldCpuShare };
}

function loadRow(by: string, measuredRows: number, took: number, rows: number, load: Results['load']): Row {
  const whole = (took / measuredRows) * rows;
  return {
    'loaded by (medians)': by,
    'rows measured': count(measuredRows),
    [`seconds for ${count(rows)}`]: `${whole.toFixed(1)}${measuredRows === rows ? '' : ' (extrapolated)'}`,
    'rows/s': count(Math.round(measuredRows / took)),
    'ratio to the client': (load.client.medianSeconds / whole).toFixed(2),
  };
}

function latencyChapter(latency: Results['latency']): Chapter {
  return {
    title: 'Latency',
    text:
      `${latency.uploads} uploads of ${latency.rowsEach} rows, one after the other, on the warm local stack. The time is from the put until a reader that ` +
      `polls v_transactions sees every row: minimum ${seconds(latency.leastSeconds)}, maximum ${seconds(latency.mostSeconds)}. ` +
      'On AWS, the queue collects events for its batching window, and a job run takes about 10 s to start, because it has no warm session.',
    tables: [
      [
        ...Object.entries(latency.stages).map(([name, stage]) => ({
          stage: STAGE_TEXTS[name as Stage],
          'median s': stage.medianSeconds.toFixed(3),
          'p95 s': stage.p95Seconds.toFixed(3),
        })),
        {
          stage: 'put → seen',
          'median s': latency.warmMedianSeconds.toFixed(3),
          'p95 s': latency.p95Seconds.toFixed(3),
        },
      ],
    ],
  };
}

function burstChapter({ price, ...burst }: Results['burst']): Chapter {
  return {
    title: 'Burst',
    text:
      `${count(burst.uploads)} uploads of ${burst.rowsEach} rows from ${burst.owners} owners, with 16 puts at a time. All were put after ${seconds(burst.putSeconds)} ` +
      `and visible after ${seconds(burst.seconds)}. Price: ${price.formula} = ${price.usd.toFixed(4)} USD (${price.source}). ${price.assumption}`,
    tables: [
      [
        {
          uploads: count(burst.uploads),
          seconds: burst.seconds.toFixed(1),
          'job runs': burst.jobRuns,
          'seconds of each run': price.runSeconds.join(', '),
          'billed DPU seconds': count(price.billedDpuSeconds),
          USD: price.usd.toFixed(4),
        },
      ],
    ],
  };
}

function largeChapter(large: Results['large']): Chapter {
  return {
    title: 'Growth',
    text:
      `One file for each number of rows, from its event in S3 until its publication. Each file is loaded on a fresh stack whose Spark has ${large.heapMb} MB of heap ` +
      '(-Xmx of the process). Memory is the largest resident set of one process in MB. The emulator also keeps the object in memory.',
    tables: [
      large.growth.map((step) => ({
        rows: count(step.rows),
        file: megabytes(step.bytes),
        seconds: step.seconds.toFixed(1),
        'rows/s': count(step.rowsPerSecond),
        'worker MB': step.usages.worker?.peakRssMb ?? '',
        'JVM MB': step.usages.jvm?.peakRssMb ?? '',
        'mysqld MB': step.usages.mysqld?.peakRssMb ?? '',
        'worker CPU s': step.usages.worker?.cpuSeconds ?? '',
        'JVM CPU s': step.usages.jvm?.cpuSeconds ?? '',
        'mysqld CPU s': step.usages.mysqld?.cpuSeconds ?? '',
      })),
    ],
  };
}

function viewsChapter(views: Results['views']): Chapter {
  return {
    title: 'Views',
    text:
      `Seconds to read all rows of each view as reporter (for v_transactions, the newest 50 rows). The columns are one household with ${count(views.householdRows)} rows, ` +
      (views.ownerRows > 0 ? `one owner with ${count(views.ownerRows)} rows of ten years in ten files, ` : '') +
      `and all owners. The number is the rows of the large file in the same database. Medians of three readings; a reading over 8 s is not repeated (*), and one over ${views.limitSeconds} s is cancelled.` +
      (views.visuals.length > 0
        ? ` The second table shows the console's visuals for the owner with ten years. The query of the API ran ${views.visuals[0]?.readings} times for each.`
        : ''),
    tables: [
      views.views.map(({ view, times }) => ({
        view,
        ...Object.fromEntries(
          (['household', 'owner', 'all'] as const).flatMap((asked) =>
            times
              .filter((time) => time.asked === asked)
              .map((time) => [`${ASKED[asked]}, ${count(time.rows)}`, viewCell(time, views.limitSeconds)]),
          ),
        ),
      })),
      visualRows(views.visuals),
    ],
  };
}

const PERIODS: Readonly<Record<VisualTime['period'], string>> = { 'last-12': 'last 12 months', all: 'everything' };

function visualRows(visuals: readonly VisualTime[]): Row[] {
  return [...Map.groupBy(visuals, ({ visual }) => visual)].map(([visual, times]) => ({
    visual,
    view: times[0]?.view ?? '',
    ...Object.fromEntries(
      times.flatMap(({ period, medianSeconds, p95Seconds }) => [
        [`${PERIODS[period]}, median s`, medianSeconds.toFixed(3)],
        [`${PERIODS[period]}, p95 s`, p95Seconds.toFixed(3)],
      ]),
    ),
  }));
}

/** The column heading for each set of rows that is read. */
const ASKED: Readonly<Record<ViewTime['asked'], string>> = { household: 'one', owner: 'large owner', all: 'all' };

function viewCell(time: ViewTime, limitSeconds: number): string {
  if (time.cut) return `over ${limitSeconds}`;
  return `${time.medianSeconds.toFixed(3)}${time.readings === 1 ? '*' : ''}`;
}

function usageRows(usages: Usages): Row[] {
  return Object.entries(usages).map(([kind, { peakRssMb, cpuSeconds }]) => ({
    "process (Centflow's first run)": kind,
    'peak MB of one process': peakRssMb,
    'CPU seconds of all processes': cpuSeconds,
  }));
}
