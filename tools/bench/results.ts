/** Defines the format of `tools/bench/results.json`. Seconds are wall-clock seconds, megabytes are 2^20 bytes. */
import { z } from 'zod';
import { SECTIONS } from './sizes.ts';

const seconds = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** The resources that the processes of one kind used during a measurement. */
const usage = z.object({
  /** The largest resident set of one of these processes, in megabytes. */
  peakRssMb: z.number().nonnegative(),
  /** User and system time of all processes of this kind, in seconds. */
  cpuSeconds: seconds,
});
export type Usage = z.infer<typeof usage>;

/**
 * Usage by kind of process. `worker` is Spark's Python, `driver` is the job's Python, and `client` is another loader
 * for comparison.
 */
const usages = z.partialRecord(z.enum(['worker', 'driver', 'jvm', 'mysqld', 'emulator', 'trigger', 'client']), usage);
export type Usages = z.infer<typeof usages>;

const machine = z.object({
  date: z.iso.datetime(),
  commit: z.string().describe('The commit of the repository, followed by `+` if the work tree had changes'),
  cpu: z.string(),
  cores: z.number().int().positive(),
  memoryGb: z.number().positive(),
  system: z.string(),
  versions: z.record(z.string(), z.string()),
  /** The values of the MySQL server's settings by name. */
  mysqlSettings: z.record(z.string(), z.string()),
});
export type Machine = z.infer<typeof machine>;

/** Times of `npm start` with everything installed and the samples loaded, from the start of the command. */
const start = z.object({
  starts: count,
  /** The seconds until the samples are compared with the bucket and the reports are shown. */
  readyMedianSeconds: seconds,
  readyMostSeconds: seconds,
  /** The seconds until the console's address is printed. */
  consoleMedianSeconds: seconds,
});

const loadRun = z.object({
  seconds,
  rowsPerSecond: count,
  usages,
  /** mysqld's CPU seconds per second. A value near 1 means that the server's single thread is the limit. */
  mysqldCpuShare: z.number().nonnegative(),
});
export type LoadRun = z.infer<typeof loadRun>;

const load = z.object({
  rows: count,
  /** The size of the object in bytes. */
  bytes: count,
  /** The job's median in rows per second, divided by the client's. */
  ratioToLoadData: z.number().positive(),
  /** The smallest and the largest of the ratios of the paired runs. */
  ratioSpread: z.tuple([z.number(), z.number()]),
  ours: z.object({
    medianSeconds: seconds,
    rowsPerSecond: count,
    /** The median seconds of each part of the load. */
    stages: z.object({ untilJob: seconds, loading: seconds, publishing: seconds }),
    runs: z.array(loadRun),
  }),
  client: z.object({
    /** The name of the client. */
    name: z.string(),
    medianSeconds: seconds,
    rowsPerSecond: count,
    runs: z.array(loadRun),
  }),
  peers: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      /** The number of rows that were loaded. */
      measuredRows: count,
      measuredSeconds: seconds,
      rowsPerSecond: count,
      /** The seconds that `rows` rows would take at the measured rate. */
      extrapolatedSeconds: seconds,
      usages,
    }),
  ),
});

const STAGES = ['put', 'queue', 'trigger', 'start', 'plan', 'load', 'publish', 'see'] as const;
export type Stage = (typeof STAGES)[number];
export const stageNames: readonly Stage[] = STAGES;

const latency = z.object({
  uploads: count,
  rowsEach: count,
  warmMedianSeconds: seconds,
  p95Seconds: seconds,
  leastSeconds: seconds,
  mostSeconds: seconds,
  /** Median and 95th percentile of each stage. The stages of one upload add up to the total; the medians do not. */
  stages: z.record(z.enum(STAGES), z.object({ medianSeconds: seconds, p95Seconds: seconds })),
});

const burst = z.object({
  uploads: count,
  rowsEach: count,
  owners: count,
  /** The seconds from the first put until a reader sees all uploads. */
  seconds,
  /** The seconds from the first put until the last put was answered. */
  putSeconds: seconds,
  jobRuns: count,
  price: z.object({
    source: z.string(),
    dpuHourUsd: z.number().positive(),
    workers: count,
    minimumSeconds: count,
    /** The measured seconds of each run. */
    runSeconds: z.array(seconds),
    billedDpuSeconds: seconds,
    usd: z.number().nonnegative(),
    formula: z.string(),
    assumption: z.string(),
  }),
});
export type Burst = z.infer<typeof burst>;

const large = z.object({
  rows: count,
  bytes: count,
  /** The size of Spark's heap in megabytes, from the `-Xmx` option of the process. */
  heapMb: count,
  seconds,
  rowsPerSecond: count,
  growth: z.array(
    z.object({
      rows: count,
      bytes: count,
      seconds,
      rowsPerSecond: count,
      usages,
    }),
  ),
});

const viewTime = z.object({
  rows: count,
  /** The owners whose rows were read: a household of samples/, an owner with very many rows, or all owners. */
  asked: z.enum(['household', 'owner', 'all']),
  medianSeconds: seconds,
  /** The number of readings; 1 if a reading took long. */
  readings: count,
  /** Whether the reading was cancelled at the time limit. If true, a complete reading takes longer. */
  cut: z.boolean(),
});

const visualTime = z.object({
  visual: z.string(),
  view: z.string(),
  /** The newest twelve months, which a dashboard shows first, or all months. */
  period: z.enum(['last-12', 'all']),
  rows: count,
  readings: count,
  medianSeconds: seconds,
  p95Seconds: seconds,
});
export type VisualTime = z.infer<typeof visualTime>;

const views = z.object({
  limitSeconds: seconds,
  /** The number of rows of the household in the same database as the large file. */
  householdRows: count,
  /** Rows of the owner with very many rows; 0 in older results without this owner. */
  ownerRows: count.default(0),
  views: z.array(z.object({ view: z.string(), sql: z.string(), times: z.array(viewTime) })),
  /** The console's visuals for the owner with very many rows; empty in older results. */
  visuals: z.array(visualTime).default([]),
});
export type ViewTime = z.infer<typeof viewTime>;

const consoleFigures = z.object({
  api: z.object({
    /** The constant rate of requests, which does not depend on the answers. */
    perSecond: count,
    /** The number of households whose owners send the requests in turn; 1 in older results, before the limit per person. */
    households: count.default(1),
    /** The rate of answers. */
    reachedPerSecond: z.number().nonnegative(),
    seconds,
    requests: count,
    errors: count,
    /** The messages of some errors. */
    firstErrors: z.array(z.string()),
    medianSeconds: seconds,
    p95Seconds: seconds,
    kinds: z.array(z.object({ kind: z.string(), requests: count, medianSeconds: seconds, p95Seconds: seconds })),
  }),
  firstPaint: z.object({
    loads: count,
    /** The seconds from the navigation until the browser painted the first content. */
    contentMedianSeconds: seconds,
    /** The seconds from the navigation until the first chart was drawn. */
    chartMedianSeconds: seconds,
    chartMostSeconds: seconds,
    /** The gzipped size, in bytes, of the files that were loaded before the first chart was drawn. */
    assetBytes: count,
  }),
  preview: z.object({
    rows: count,
    bytes: count,
    files: count,
    /** The seconds from the choice of a file until its preview is shown. */
    medianSeconds: seconds,
    mostSeconds: seconds,
    /** The longest time, in seconds, during which the page did not respond. */
    longestTaskSeconds: seconds,
  }),
  /** Gzipped sizes. */
  firstLoad: z.object({ bytes: count, files: z.array(z.object({ file: z.string(), bytes: count })) }),
});
export type ConsoleFigures = z.infer<typeof consoleFigures>;

const times = z.object({
  requests: count,
  errors: count,
  medianSeconds: seconds,
  p95Seconds: seconds,
  mostSeconds: seconds,
});

/** Times of one person's requests while another person sends slow searches. */
const fairness = z.object({
  /** Rows of the owner who sends the searches. */
  rows: count,
  /** The number of parallel searches. Each answer, successful or not, is followed by the next search. */
  searchesAtOnce: count,
  seconds,
  /** The number of answers to searches by status. */
  searches: z.record(z.string(), count),
  /** The time of one search without other requests. */
  searchAloneSeconds: seconds,
  /** The rate of the other person's requests. */
  perSecond: count,
  quiet: times,
  attacked: times,
  /** The messages of some errors. */
  firstErrors: z.array(z.string()),
  /** The seconds after the last search until the other person's answers are within the limit for one full second. */
  recoveredSeconds: seconds,
});
export type Fairness = z.infer<typeof fairness>;

/** Times of one owner's uploads, from S3's event to the publication. */
const uploadTimes = z.object({ uploads: count, medianSeconds: seconds, p95Seconds: seconds, mostSeconds: seconds });

const sharing = z.object({
  rowsEach: count,
  quiet: uploadTimes,
  /** One owner's upload times while another owner uploads many or difficult files. */
  beside: z.array(uploadTimes.extend({ load: z.string(), files: count, bytes: count, seconds })),
});
export type Sharing = z.infer<typeof sharing>;

/** The parts that were measured again after the run. */
const again = z.partialRecord(z.enum(SECTIONS), z.object({ date: z.iso.datetime(), commit: z.string() }));

/** The results of a benchmark run, which may measure only some parts. */
export const partialResults = z.strictObject({
  scale: z.enum(['full', 'quick']),
  machine,
  seconds,
  start: start.optional(),
  load: load.optional(),
  latency: latency.optional(),
  burst: burst.optional(),
  large: large.optional(),
  views: views.optional(),
  console: consoleFigures.optional(),
  fairness: fairness.optional(),
  sharing: sharing.optional(),
  again: again.optional(),
});
export type PartialResults = z.infer<typeof partialResults>;

/** The results of all parts, in `tools/bench/results.json`. In older results, `fairness` and `sharing` are missing. */
export const results = partialResults.required({
  start: true,
  load: true,
  latency: true,
  burst: true,
  large: true,
  views: true,
  console: true,
});
export type Results = z.infer<typeof results>;
