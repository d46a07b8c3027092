/**
 * The dashboard shows the pipeline from left to right, with a column for each stage. Each graph draws the thresholds of the alarms
 * on its metrics.
 */
import { type Alarm, alarmName, alarmsOf, type Calculation, isCalculation } from './alarms.ts';
import type { Environment } from './environment.ts';
import { type Metric, metricsOf } from './metrics.ts';
import { arns } from './policy/arns.ts';

/** A graph of the dashboard. */
interface Graph {
  readonly title: string;
  /** The lines, keyed by their labels. */
  readonly lines: Readonly<Record<string, Metric | Calculation>>;
}

interface Column {
  readonly title: string;
  /** The text that describes the stage. */
  readonly text: string;
  readonly graphs: readonly Graph[];
}

/** The number of columns in CloudWatch's grid. */
const GRID = 24;
const TITLE_HEIGHT = 2;
const ALARMS_HEIGHT = 4;
const TEXT_HEIGHT = 3;
const GRAPH_HEIGHT = 6;

function columnsOf(environment: Environment): readonly Column[] {
  const { queue, lambda, trigger, job, database } = metricsOf(environment);
  return [
    {
      title: 'Arrival',
      text: 'S3 sends an event to the queue for each object that is created or deleted under raw/.',
      graphs: [
        { title: 'Events', lines: { events: queue.received } },
        { title: 'Uploads without an event', lines: { 'found by the sweep': job.foundBySweep } },
        { title: 'Sweeps', lines: { ended: job.sweeps } },
      ],
    },
    {
      title: 'Queue',
      text: 'SQS collects events, so that many uploads need few job runs, and keeps them while Glue is full.',
      graphs: [
        { title: 'Oldest message, s', lines: { age: queue.oldest } },
        { title: 'Messages', lines: { waiting: queue.waiting } },
        { title: 'Dead letters', lines: { dead: queue.dead } },
      ],
    },
    {
      title: 'Trigger',
      text: 'A Lambda writes a manifest of keys and starts a job run.',
      graphs: [
        {
          title: 'Job runs started',
          lines: { started: trigger.jobRunsStarted, 'given back': trigger.batchesGivenBack },
        },
        { title: 'Keys', lines: { keys: trigger.keys, 'unreadable messages': trigger.unreadableMessages } },
        {
          title: 'Lambda',
          lines: { errors: lambda('trigger').errors, throttles: lambda('trigger').throttles },
        },
      ],
    },
    {
      title: 'Job',
      text: 'Glue reconciles each key with the current objects in S3.',
      graphs: [
        { title: 'Arrival to visible, s (p95)', lines: { p95: job.secondsToVisible } },
        {
          title: 'Uploads',
          lines: { published: job.published, rejected: job.rejected, failed: job.failed, retired: job.retired },
        },
        { title: 'Job runs', lines: { 'longest, s': job.jobSeconds, failures: job.failures } },
      ],
    },
    {
      title: 'Database',
      text: 'RDS MySQL stores rows and bookkeeping.',
      graphs: [
        { title: 'Latency, s', lines: { read: database.readLatency, write: database.writeLatency } },
        { title: 'CPU, %', lines: { cpu: database.cpu } },
        { title: 'Connections', lines: { open: database.connections } },
        { title: 'Free storage, bytes', lines: { free: database.freeStorage } },
      ],
    },
    {
      title: 'Reports',
      text: 'QuickSight and the console read the views.',
      graphs: [
        {
          title: 'Rows',
          lines: {
            published: job.rowsPublished,
            'duplicates of another upload': job.rowsDuplicate,
            quarantined: job.rowsQuarantined,
          },
        },
        {
          title: 'Share of quarantined rows',
          lines: Object.fromEntries(
            alarmsOf(environment).flatMap(({ measure, metric }) =>
              measure === 'quarantine-share' ? [['share', metric]] : [],
            ),
          ),
        },
        { title: 'Latency, s', lines: { read: database.readLatency } },
      ],
    },
  ];
}

/** Returns the graphs of the console, which form a row below the pipeline. */
function consoleGraphs(environment: Environment): readonly Graph[] {
  const { lambda, console: api } = metricsOf(environment);
  if (api === undefined) return [];
  return [
    {
      title: 'Requests',
      lines: { all: api.requests, rejected: api.refusals, failed: api.failures },
    },
    { title: 'Answers, ms (p95)', lines: { p95: api.milliseconds } },
    {
      title: 'Lambdas',
      lines: {
        'errors of console': lambda('console').errors,
        'errors of operations': lambda('operations').errors,
        throttles: lambda('console').throttles,
      },
    },
    { title: 'Blocked by WAF', lines: { 'rate limit': api.tooOften, attacks: api.attacks } },
  ];
}

/** Returns the JSON of the dashboard, in CloudWatch's format. */
export function dashboardBody(environment: Environment): string {
  const { name, region } = environment;
  const alarms = alarmsOf(environment);
  const columns = columnsOf(environment);
  const width = GRID / columns.length;
  const { regional } = arns(environment);
  const alarmArns = alarms.map((alarm) => regional('cloudwatch', `alarm:${alarmName(environment, alarm)}`));
  const title = `# Centflow ${name}\nThe columns show the pipeline from left to right, from an object in S3 to a figure in a report. Each alarm’s description and docs/runbook.md explain what to do about the alarm.`;
  const widgets = [
    text(title, { x: 0, y: 0, width: GRID, height: TITLE_HEIGHT }),
    {
      type: 'alarm',
      ...{ x: 0, y: TITLE_HEIGHT, width: GRID, height: ALARMS_HEIGHT },
      properties: { title: 'Alarms', alarms: alarmArns },
    },
    ...columns.flatMap((column, index) => {
      const x = index * width;
      const top = TITLE_HEIGHT + ALARMS_HEIGHT;
      const heading = index < columns.length - 1 ? `## ${column.title} →` : `## ${column.title}`;
      return [
        text(`${heading}\n${column.text}`, { x, y: top, width, height: TEXT_HEIGHT }),
        ...column.graphs.map((graph, row) =>
          graphWidget(graph, alarms, region, {
            x,
            y: top + TEXT_HEIGHT + row * GRAPH_HEIGHT,
            width,
            height: GRAPH_HEIGHT,
          }),
        ),
      ];
    }),
    ...consoleRow(environment, alarms, endOf(columns)),
  ];
  return JSON.stringify({ widgets });
}

/** Returns the row at which the longest column ends. */
function endOf(columns: readonly Column[]): number {
  const longest = Math.max(...columns.map(({ graphs }) => graphs.length));
  return TITLE_HEIGHT + ALARMS_HEIGHT + TEXT_HEIGHT + longest * GRAPH_HEIGHT;
}

function consoleRow(environment: Environment, alarms: readonly Alarm[], y: number): object[] {
  const graphs = consoleGraphs(environment);
  if (graphs.length === 0) return [];
  const width = GRID / graphs.length;
  const heading =
    '# Console\nPeople upload files, follow their progress and see their figures. Parts: WAF, CloudFront, the API, two Lambdas.';
  return [
    text(heading, { x: 0, y, width: GRID, height: TITLE_HEIGHT }),
    ...graphs.map((graph, column) =>
      graphWidget(graph, alarms, environment.region, {
        x: column * width,
        y: y + TITLE_HEIGHT,
        width,
        height: GRAPH_HEIGHT,
      }),
    ),
  ];
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function text(markdown: string, place: Place) {
  return { type: 'text', ...place, properties: { markdown } };
}

function graphWidget({ title, lines }: Graph, alarms: readonly Alarm[], region: string, place: Place) {
  const thresholds = alarms.filter(({ metric }) => Object.values(lines).some((line) => isSame(line, metric)));
  return {
    type: 'metric',
    ...place,
    properties: {
      title,
      region,
      view: 'timeSeries',
      period: 300,
      yAxis: { left: { min: 0 } },
      metrics: Object.entries(lines).flatMap(([label, line]) => metricLines(label, line)),
      annotations: {
        horizontal: thresholds.map(({ measure, threshold, alarmWhen }) => ({
          label: measure,
          value: threshold,
          fill: alarmWhen,
        })),
      },
    },
  };
}

/** Returns a line in CloudWatch's short form: namespace, name, dimensions with their values, then options. */
function metricLines(label: string, line: Metric | Calculation): unknown[][] {
  if (!isCalculation(line)) {
    const { statistic: stat, region } = line;
    return [[...nameOf(line), { stat, label, ...(region === undefined ? {} : { region }) }]];
  }
  const inputs = Object.entries(line.metrics).map(([id, metric]) => [
    ...nameOf(metric),
    { id, stat: metric.statistic, visible: false },
  ]);
  return [[{ expression: line.expression, label, id: 'result' }], ...inputs];
}

function nameOf({ namespace, name, dimensions }: Metric): string[] {
  return [namespace, name, ...Object.entries(dimensions).flat()];
}

function isSame(one: Metric | Calculation, other: Metric | Calculation): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
