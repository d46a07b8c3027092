/** The form of `tools/bench/results.json`. Seconds are wall-clock seconds, megabytes are 2^20 bytes. */
import { z } from 'zod';
import { SECTIONS } from './sizes.ts';

const seconds = z.number().nonnegative();
const count = z.number().int().nonnegative();

/** What the processes of one kind took while something was measured. */
const usage = z.object({
  /** The largest resident set of any one of them. */
  peakRssMb: z.number().nonnegative(),
  /** Of all of them, user and system. */
  cpuSeconds: seconds,
});
export type Usage = z.infer<typeof usage>;

/** By kind of process: `worker` is Spark's Python, `driver` the job's, `client` whatever it is compared with. */
const usages = z.partialRecord(z.enum(['worker', 'driver', 'jvm', 'mysqld', 'emulator', 'trigger', 'client']), usage);
export type Usages = z.infer<typeof usages>;

const machine = z.object({
  date: z.iso.datetime(),
  commit: z.string().describe('of the repository; `+` after it: with changes'),
  cpu: z.string(),
  cores: z.number().int().positive(),
  memoryGb: z.number().positive(),
  system: z.string(),
  versions: z.record(z.string(), z.string()),
  /** Of the MySQL server. */
  mysqlSettings: z.record(z.string(), z.string()),
});
export type Machine = z.infer<typeof machine>;

/** `npm start` with everything installed and the samples loaded, from the command on. */
const start = z.object({
  starts: count,
  /** Until the samples are compared and the reports shown. */
  readyMedianSeconds: seconds,
  readyMostSeconds: seconds,
  /** Until the console's address is printed. */
  consoleMedianSeconds: seconds,
});

const loadRun = z.object({
  seconds,
  rowsPerSecond: count,
  usages,
  /** mysqld's CPU seconds in a second: near 1, and the server's one thread is what there is to wait for. */
  mysqldCpuShare: z.number().nonnegative(),
});
export type LoadRun = z.infer<typeof loadRun>;

const load = z.object({
  rows: count,
  /** Of the object. */
  bytes: count,
  /** Median of ours to median of the client's, in rows per second. */
  ratioToLoadData: z.number().positive(),
  /** The least and the greatest ratio within a pair of runs. */
  ratioSpread: z.tuple([z.number(), z.number()]),
  ours: z.object({
    medianSeconds: seconds,
    rowsPerSecond: count,
    /** Medians of what the seconds are made of. */
    stages: z.object({ untilJob: seconds, loading: seconds, publishing: seconds }),
    runs: z.array(loadRun),
  }),
  client: z.object({
    /** Which client. */
    name: z.string(),
    medianSeconds: seconds,
    rowsPerSecond: count,
    runs: z.array(loadRun),
  }),
  peers: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      /** As many were loaded … */
      measuredRows: count,
      measuredSeconds: seconds,
      rowsPerSecond: count,
      /** … and so long would `rows` take at that rate. */
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
  /** Median and 95th percentile of each stage; they add up to the whole for each upload, not for medians. */
  stages: z.record(z.enum(STAGES), z.object({ medianSeconds: seconds, p95Seconds: seconds })),
});

const burst = z.object({
  uploads: count,
  rowsEach: count,
  owners: count,
  /** From the first put until a reader sees all of them. */
  seconds,
  /** Of these, until the last put was answered. */
  putSeconds: seconds,
  jobRuns: count,
  price: z.object({
    source: z.string(),
    dpuHourUsd: z.number().positive(),
    workers: count,
    minimumSeconds: count,
    /** Of each run as it took here. */
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
  /** Spark's heap, as `-Xmx` of the process says. */
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
  /** Whose rows were asked for: a household's of samples/, those of an owner with very many, or everybody's. */
  asked: z.enum(['household', 'owner', 'all']),
  medianSeconds: seconds,
  /** One only, where a reading took long. */
  readings: count,
  /** The reading was ended after the limit: it takes longer than said. */
  cut: z.boolean(),
});

const visualTime = z.object({
  visual: z.string(),
  view: z.string(),
  /** The newest twelve months, as a dashboard opens, or all there are. */
  period: z.enum(['last-12', 'all']),
  rows: count,
  readings: count,
  medianSeconds: seconds,
  p95Seconds: seconds,
});
export type VisualTime = z.infer<typeof visualTime>;

const views = z.object({
  limitSeconds: seconds,
  /** Rows of the household beside the large file. */
  householdRows: count,
  /** Rows of the owner with very many; 0 in results from before there was one. */
  ownerRows: count.default(0),
  views: z.array(z.object({ view: z.string(), sql: z.string(), times: z.array(viewTime) })),
  /** What the console draws for the owner with very many rows; none in results from before they were measured. */
  visuals: z.array(visualTime).default([]),
});
export type ViewTime = z.infer<typeof viewTime>;

const consoleFigures = z.object({
  api: z.object({
    /** Sent, evenly, whatever the answers do. */
    perSecond: count,
    /** Whose owners send them, in turn; one in results from before the API limited what one person asks. */
    households: count.default(1),
    /** Answered. */
    reachedPerSecond: z.number().nonnegative(),
    seconds,
    requests: count,
    errors: count,
    /** What some of them say. */
    firstErrors: z.array(z.string()),
    medianSeconds: seconds,
    p95Seconds: seconds,
    kinds: z.array(z.object({ kind: z.string(), requests: count, medianSeconds: seconds, p95Seconds: seconds })),
  }),
  firstPaint: z.object({
    loads: count,
    /** From the navigation until the browser painted anything of the page. */
    contentMedianSeconds: seconds,
    /** From the navigation until the first chart stood there. */
    chartMedianSeconds: seconds,
    chartMostSeconds: seconds,
    /** Of the web's files that were fetched until then, gzipped. */
    assetBytes: count,
  }),
  preview: z.object({
    rows: count,
    bytes: count,
    files: count,
    /** From the choice of a file until its figures stand there. */
    medianSeconds: seconds,
    mostSeconds: seconds,
    /** The longest time in which the page answered to nothing. */
    longestTaskSeconds: seconds,
  }),
  /** Gzipped. */
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

/** One person sends slow searches, and another one looks at their own money. */
const fairness = z.object({
  /** Of the owner who sends the searches. */
  rows: count,
  /** Searches at a time; each is followed by the next, whatever the answer was. */
  searchesAtOnce: count,
  seconds,
  /** How often each status was the answer to a search. */
  searches: z.record(z.string(), count),
  /** One search while nothing else is asked. */
  searchAloneSeconds: seconds,
  /** Of the other person. */
  perSecond: count,
  quiet: times,
  attacked: times,
  /** What some of the errors say. */
  firstErrors: z.array(z.string()),
  /** From the last search that was sent until the other person's answers are in time for a whole second. */
  recoveredSeconds: seconds,
});
export type Fairness = z.infer<typeof fairness>;

/** Of the uploads of one owner, from S3's event to the publication. */
const uploadTimes = z.object({ uploads: count, medianSeconds: seconds, p95Seconds: seconds, mostSeconds: seconds });

const sharing = z.object({
  rowsEach: count,
  quiet: uploadTimes,
  /** While another owner uploads this. */
  beside: z.array(uploadTimes.extend({ load: z.string(), files: count, bytes: count, seconds })),
});
export type Sharing = z.infer<typeof sharing>;

/** What of a run was measured again after it. */
const again = z.partialRecord(z.enum(SECTIONS), z.object({ date: z.iso.datetime(), commit: z.string() }));

/** A run of some parts. */
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

/** A run of all of them: what `tools/bench/results.json` holds. `fairness` and `sharing` are not in results from before they were measured. */
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
