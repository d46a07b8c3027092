/**
 * The properties of an environment: what each one means, its unit, its limits and its cost. Each is declared once, in the schema
 * below. The values are in environments.ts.
 *
 * No property has a default. Each environment sets all of them, so that no value reaches production by accident. Prices are
 * AWS's list prices of eu-west-1 in USD; docs/runbook.md adds them up.
 */
import * as z from 'zod';

/** The retentions that CloudWatch Logs accepts for a log group, in days. */
export const logRetentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827] as const;
export type LogRetentionDays = (typeof logRetentions)[number];

const inWords = (names: readonly string[], type: 'conjunction' | 'disjunction') =>
  new Intl.ListFormat('en-GB', { type }).format(names);

// Each schema needs a description, which an error message shows as the allowed value.
const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape).describe(`an object with ${inWords(Object.keys(shape), 'conjunction')}`);
const orNull = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullable().describe(`null, or ${schema.description}`);
const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values).describe(inWords(values, 'disjunction'));
const flag = z.boolean().describe('true or false');
const between = (least: number, most: number) =>
  z.int().min(least).max(most).describe(`a whole number from ${least} to ${most}`);
const text = (pattern: RegExp, allowed: string) => z.string().regex(pattern).describe(allowed);

const cron = text(
  /^cron\(\S+ \S+ \S+ \S+ \S+ \S+\)$/,
  'an AWS cron expression with six fields, in UTC, such as cron(0 3 * * ? *)',
);
const githubId = z
  .int()
  .positive()
  .describe(
    "a number that `gh api repos/OWNER/NAME --jq '.owner.id,.id'` prints: the owner's id, then the repository's",
  );
const retention = z
  .literal(logRetentions)
  .describe(`a number of days that CloudWatch Logs supports: ${logRetentions.join(', ')}`);

const privateBlocks = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** Returns whether a block is private, is between /16 and /20, and begins at its own first address, as AWS requires. */
function isNetwork(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const length = Number(prefix);
  return privateBlocks.test(cidr) && length >= 16 && length <= 20 && bits % 2 ** (32 - length) === 0;
}

/**
 * A repository, identified as in the tokens of its workflows. GitHub never reuses an id. Somebody else may later create a
 * repository with the same name, but that repository receives no credentials.
 * `gh api repos/OWNER/NAME --jq '.owner.id,.id'` prints both ids.
 */
const githubRepository = object({
  /** The name, as `OWNER/NAME` in the letter case that GitHub shows. */
  name: text(/^[\w.-]+\/[\w.-]+$/, 'a GitHub repository, OWNER/NAME'),
  /** The id of the owner, a person or an organisation. */
  ownerId: githubId,
  /** The id that GitHub gives the repository. */
  id: githubId,
});

const consoleProps = object({
  /**
   * A custom domain name with its certificate. The certificate is free and must be from ACM in us-east-1. You set up the DNS.
   * null: CloudFront's own name, `https://<some letters>.cloudfront.net`. That name also accepts TLS 1.0, and AWS offers no way
   * to turn TLS 1.0 off.
   */
  domain: orNull(
    object({
      name: text(
        /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
        'a domain name, such as console.example.com',
      ),
      certificateArn: text(
        /^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
        'the ARN of a certificate in us-east-1, the only region from which CloudFront accepts one',
      ),
    }),
  ),
  /**
   * `invited`: an administrator invites everybody who has an account. `open`: anybody may sign up. A new account shows nothing
   * until an administrator assigns an owner. 10,000 people a month are free. Each further person costs 0.015.
   */
  signUp: oneOf('invited', 'open'),
  /** Requests that one address may send within five minutes. WAF answers further requests with 429. A page needs about fifty. */
  requestsPerAddress: between(100, 20_000_000),
  /**
   * Requests a second for all people together. A burst may contain twice as many requests. The API answers further
   * requests with 429.
   */
  requestsPerSecond: between(1, 10_000),
  /** Days for which the audit log is kept. The log shows who changed or viewed which upload. It costs 0.03 a GB and month. */
  auditRetentionDays: retention,
});

/** One copy of Centflow on AWS. */
const properties = object({
  /** The key of the environment's block in environments.ts. The name of every resource contains this key. */
  name: text(/^[a-z][a-z0-9]{0,19}$/, 'up to 20 lower-case letters and digits, beginning with a letter'),
  /**
   * The AWS account of the environment. Terraform refuses credentials of any other account. Environments may share an
   * account only if none of them sets `protectData`. In a shared account, the roles of one environment can reach the
   * administrator password and the key of another.
   */
  accountId: text(/^\d{12}$/, 'an AWS account id: twelve digits, in quotes'),
  /** The AWS region of all resources. A change recreates all resources and loses the data. */
  region: text(/^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/, 'an AWS region, such as eu-west-1'),
  /**
   * GitHub's OIDC provider, which can exist only once in an account. `create`: `bootstrap` creates the provider. `existing`:
   * `bootstrap` uses the account's provider and never changes it. All environments of an account must set the same value.
   */
  githubOidcProvider: oneOf('create', 'existing'),
  /** The GitHub repository whose workflows may plan and apply this environment. */
  repository: githubRepository,
  network: object({
    /** The addresses of the VPC: a private block between /16 and /20. A change recreates the VPC and the database. */
    cidr: z
      .cidrv4()
      .refine(isNetwork)
      .describe(
        'a private IPv4 block from /16 to /20, written with its network address, such as 10.40.0.0/16 (not 10.40.0.5/16)',
      ),
    /** The zones, each with one private subnet. RDS requires two zones even if it uses one. */
    availabilityZones: z.array(z.string()).min(2).max(6).describe('two to six zones of the region'),
    /**
     * The number of zones with interface endpoints. The job and the migrator call AWS through these endpoints. 1 is
     * cheapest: all zones use the endpoints of one zone, and cannot call AWS while that zone fails. Each endpoint costs
     * 8.03 a month in each zone.
     */
    endpointZones: between(1, 6),
  }),
  uploads: object({
    /** Days for which overwritten and deleted versions can be restored. The newest version of an object never expires. */
    keepOldVersionsDays: between(1, 3650),
  }),
  database: object({
    /**
     * A Graviton class. db.t4g.micro costs 12.41 a month, db.t4g.medium 49.64, db.m7g.large 131.
     *
     * The class determines how much memory MySQL uses for data: 128 MiB on a micro class, half of the memory on classes up to 4 GiB,
     * and three quarters on larger classes. Timings on a micro class therefore do not predict the timings on a larger class.
     * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.CommonDBATasks.Config.Size.8.4.html
     */
    instanceClass: text(/^db\.(t4g|[mr]\d+gd?)\.\w+$/, 'a Graviton class, such as db.t4g.micro'),
    /** true: a standby in another zone takes over within a minute or two, at twice the price. */
    multiAz: flag,
    /** GiB of gp3 storage at creation: 0.127 a month each. */
    storageGib: between(20, 65_536),
    /**
     * The size in GiB up to which RDS extends the storage: at least 10 % more than `storageGib`, or equal to it. Storage never
     * shrinks.
     */
    maxStorageGib: between(20, 65_536),
    /** Days of backups with point-in-time recovery. Backups up to the size of the database are free. */
    backupDays: between(1, 35),
    /**
     * `standard`: a week of query statistics, free. `advanced`: 15 months, locks and plans, 0.0125 per vCPU hour. On
     * db.t4g.micro and db.t4g.small, `standard` means no statistics. Administrators of the account can see the slowest
     * statements, including the values in them:
     * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/sql-statistics.html
     */
    insights: oneOf('standard', 'advanced'),
  }),
  /**
   * true: Terraform refuses to destroy resources that hold data. RDS refuses to delete the database, and keeps a final snapshot.
   * AWS deletes only empty buckets. false: `destroy` deletes everything, including uploads.
   */
  protectData: flag,
  load: object({
    /**
     * The maximum number of workers in one job run: one is the driver, and the others load uploads. Auto scaling
     * chooses the number. The workers are G.1X, and each costs 0.308 an hour on Glue 6.0.
     */
    maxWorkers: between(2, 50),
    /** The maximum number of concurrent job runs. Further uploads wait in the queue. Lambda's poller requires at least 2. */
    maxConcurrentRuns: between(2, 50),
    /**
     * true: neither uploads nor the schedule start a job run, and `apply` does not change that. Uploads wait in the
     * queue for up to a week. After the pause, the sweep finds uploads that waited longer than a week.
     */
    paused: flag,
    /** Minutes after which Glue ends a job run. The next sweep loads what the run did not finish. */
    timeoutMinutes: between(5, 2880),
    /** The times at which the sweep compares `raw/` with the database. A sweep that finds nothing costs about 0.010. */
    sweepSchedule: cron,
    /** The times at which the crawler searches for folders of new owners. AWS bills at least ten minutes of each crawl: 0.07. */
    crawlerSchedule: cron,
  }),
  /** Days for which logs are kept. Storage costs 0.03 a GB and month; ingestion costs 0.57 a GB. */
  logRetentionDays: retention,
  /** QuickSight, or null for no reports. The account must already have a QuickSight subscription (Enterprise). */
  report: orNull(
    object({
      /**
       * The ISO 4217 code of the currency that the dashboard shows first. Readers can choose another currency. The dashboard never
       * adds amounts of different currencies.
       */
      currency: text(/^[A-Z]{3}$/, 'an ISO 4217 code, such as EUR'),
      /**
       * The readers of the dashboard, each with the owners whose rows the reader sees. Readers may also build analyses
       * on the data sets.
       */
      readers: z
        .array(
          object({
            /** The ARN of a QuickSight user or group. */
            principal: text(
              /^arn:aws:quicksight:[a-z0-9-]+:\d{12}:(user|group)\/.+/,
              'the ARN of a QuickSight user or group',
            ),
            /**
             * The owners whose rows the reader sees, or `all`, which includes future owners. If a principal has several entries,
             * the reader sees the rows of all of them.
             */
            owners: z
              .union([z.literal('all'), z.array(z.string().regex(/^[^'"\\\p{Cc}/]{1,64}$/u)).min(1)])
              .describe("'all', or one owner or more: the names of their folders, without quotes and backslashes"),
          }),
        )
        .min(1)
        .describe('one reader or more, each a principal with its owners'),
    }),
  ),
  /**
   * The web console. null: uploads arrive only through the AWS API, and nobody has an account. An idle console costs 7.00 a month
   * for WAF and the metrics of its alarms. Usage is billed per million requests: CloudFront 1.20, the API 1.11, WAF 0.60.
   */
  console: orNull(consoleProps),
  watch: object({
    /** The addresses that receive the mails about alarms. Each address must confirm its subscription once. */
    emails: z.array(z.email().describe('an e-mail address')).min(1).describe('one e-mail address or more'),
    /** The budget in USD a month. At 80 %, or if the forecast exceeds the budget, AWS sends a mail. Nothing is switched off. */
    monthlyBudgetUsd: z.number().positive().describe('a number above 0'),
    /**
     * The alarm's threshold in seconds for the 95th percentile of the time from an upload's arrival until its rows are
     * visible.
     */
    secondsToVisible: between(1, 86_400),
    /** The alarm's threshold for the share of quarantined rows. */
    quarantineShare: z.number().gt(0).max(1).describe('a number above 0 and at most 1'),
    /** Hours without a finished sweep that raise an alarm: a few hours more than the interval of `load.sweepSchedule`. */
    hoursWithoutSweep: between(2, 168),
  }),
});

type Immutable<Value> = Value extends object ? { readonly [Key in keyof Value]: Immutable<Value[Key]> } : Value;

export type Environment = Immutable<z.infer<typeof properties>>;
export type GithubRepository = Environment['repository'];
export type ConsoleProps = NonNullable<Environment['console']>;

/** Returns whether RDS keeps query statistics on a class. The smallest classes do not have enough memory. */
export function hasInsights(instanceClass: string): boolean {
  return !/^db\.t4g\.(micro|small)$/.test(instanceClass);
}

/** Reports that a property of an environment is missing or not valid. Nothing is synthesised. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Adds the rules that concern several properties. */
const environmentSchema = properties.superRefine((environment, context) => {
  const { name, accountId, region, network, database, load, report, console: props, protectData } = environment;
  const reject = (path: (string | number)[], allowed: string, page?: string) =>
    context.addIssue({ code: 'custom', path, message: page === undefined ? allowed : `${allowed} (${page})` });
  for (const [index, zone] of network.availabilityZones.entries()) {
    if (!new RegExp(`^${region}[a-z]$`).test(zone)) {
      reject(['network', 'availabilityZones', index], `a zone of ${region}, such as ${region}a`);
    }
  }
  const zones = new Set(network.availabilityZones).size;
  if (zones < network.availabilityZones.length) reject(['network', 'availabilityZones'], 'a list of different zones');
  if (network.endpointZones > zones) reject(['network', 'endpointZones'], `1 to ${zones}, the number of zones`);
  const { storageGib, maxStorageGib, instanceClass, insights } = database;
  // RDS extends storage by at least 10 %, or not at all.
  const leastExtended = storageGib + Math.ceil(storageGib / 10);
  if (maxStorageGib !== storageGib && maxStorageGib < leastExtended) {
    reject(
      ['database', 'maxStorageGib'],
      `storageGib (${storageGib}) for a fixed size, or at least ${leastExtended}`,
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html',
    );
  }
  if (insights === 'advanced' && !hasInsights(instanceClass)) {
    reject(
      ['database', 'insights'],
      `standard, because ${instanceClass} does not support Database Insights; db.t4g.medium does`,
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html',
    );
  }
  for (const schedule of ['sweepSchedule', 'crawlerSchedule'] as const) {
    const [, , dayOfMonth, , dayOfWeek] = load[schedule].replace(/^cron\(|\)$/g, '').split(' ');
    if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
      reject(
        ['load', schedule],
        'a schedule with ? for the day of the month or for the day of the week, but not for both: cron(0 3 * * ? *)',
        'https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html',
      );
    }
  }
  for (const [index, { principal }] of (report?.readers ?? []).entries()) {
    if (principal.split(':')[4] === accountId) continue;
    reject(
      ['report', 'readers', index, 'principal'],
      `a user or group of account ${accountId}, because QuickSight does not share with other accounts`,
      'https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ResourcePermission.html',
    );
  }
  const certificate = props?.domain?.certificateArn;
  if (certificate !== undefined && certificate.split(':')[4] !== accountId) {
    reject(
      ['console', 'domain', 'certificateArn'],
      `a certificate of account ${accountId}, because CloudFront rejects certificates of other accounts`,
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html',
    );
  }
  if (name === 'production' && !protectData) reject(['protectData'], 'true, because production must keep its data');
});

/**
 * Checks an environment against the rules that the type `Environment` does not express.
 *
 * @throws {EnvironmentError} a property is missing or not valid. The message names each such property, its value and the allowed
 *   values.
 */
export function checkEnvironment(candidate: unknown): Environment {
  const parsed = environmentSchema.safeParse(candidate);
  if (parsed.success) return parsed.data;
  const name = (candidate as { name?: unknown } | null)?.name;
  const problems = parsed.error.issues.map((issue) => `  ${explain(issue, candidate)}`);
  throw new EnvironmentError(
    `Environment ${typeof name === 'string' ? name : 'without a name'} is not valid. Correct these properties in infra/src/environments.ts:\n${problems.join('\n')}`,
  );
}

/** Returns a line such as `network.endpointZones is 3; it must be 1 to 2, the number of zones`. */
function explain(issue: z.core.$ZodIssue, candidate: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    return `${[...issue.path, issue.keys.join(', ')].join('.')} is not a property of an environment; remove it`;
  }
  let value = candidate;
  let schema: unknown = properties;
  let allowed = 'an object';
  for (const part of issue.path) {
    value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
    schema = schema instanceof z.ZodArray ? schema.element : shapeOf(schema)?.[part];
    if (schema instanceof z.ZodType) allowed = schema.description ?? allowed;
  }
  if (issue.code === 'custom' && issue.message !== 'Invalid input') allowed = issue.message;
  return `${issue.path.join('.')} is ${value === undefined ? 'missing' : JSON.stringify(value)}; it must be ${allowed}`;
}

function shapeOf(schema: unknown): Readonly<Record<PropertyKey, unknown>> | undefined {
  const plain = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  return plain instanceof z.ZodObject ? plain.shape : undefined;
}
