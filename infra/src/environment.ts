/** What an environment is, and what its properties may be. The three there are stand in environments.ts. */
import * as z from 'zod';

export const environmentNames = ['dev', 'staging', 'production'] as const;
export type EnvironmentName = (typeof environmentNames)[number];

/** How long CloudWatch Logs can keep a log group, in days; other numbers are refused by AWS. */
export const logRetentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827] as const;
export type LogRetentionDays = (typeof logRetentions)[number];

/**
 * One copy of Centflow on AWS.
 *
 * No property has a default: each environment says all of them, so that none reaches production by accident. Prices are
 * AWS's list prices of eu-west-1 in USD; docs/runbook.md adds them up.
 */
export interface Environment {
  readonly name: EnvironmentName;
  /**
   * The AWS account it lives in. Terraform refuses credentials of any other. Environments may share one if none of them protects
   * its data (`protectData`): inside an account their roles can reach each other's administrator password and key.
   */
  readonly accountId: string;
  /** The AWS region everything is in. Changing it makes everything anew, without the data. */
  readonly region: string;
  /**
   * GitHub's OIDC provider in the account, of which AWS allows one: `create` lets `bootstrap` create it; `existing` uses the
   * one that the account has already, and never changes it. All environments of an account set the same.
   */
  readonly githubOidcProvider: 'create' | 'existing';
  /** The GitHub repository whose workflows may plan and apply this environment. */
  readonly repository: GithubRepository;
  readonly network: {
    /** The addresses of the VPC: a private block between /16 and /20. Changing it makes the VPC and the database anew. */
    readonly cidr: string;
    /** Zones with a private subnet each, two or more: RDS wants two even where it uses one. */
    readonly availabilityZones: readonly string[];
    /**
     * How many of the zones have the interface endpoints that the job and the migrator call AWS through. 1 is cheapest: the
     * other zones go through it, and wait where it fails. Each endpoint costs 8.03 a month in each zone.
     */
    readonly endpointZones: number;
  };
  readonly uploads: {
    /** Days that versions which were overwritten or deleted stay restorable. The newest of each object never expires. */
    readonly keepOldVersionsDays: number;
  };
  readonly database: {
    /**
     * MySQL's memory for data follows from it: 128 MiB on a micro, half of the memory up to 4 GiB, three quarters above. So
     * timings on a micro tell nothing of a larger class.
     * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.CommonDBATasks.Config.Size.8.4.html
     *
     * Graviton: `db.t4g.*`, `db.m*g.*` or `db.r*g.*`. db.t4g.micro 12.41 a month, db.t4g.medium 49.64, db.m7g.large 131.
     */
    readonly instanceClass: string;
    /** true: a standby in another zone takes over within a minute or two, at twice the price. */
    readonly multiAz: boolean;
    /** GiB of gp3 storage to begin with, 20 or more: 0.127 a month each. */
    readonly storageGib: number;
    /** GiB that storage grows to by itself: a tenth more than `storageGib` or beyond, or as much and no growth. It never shrinks. */
    readonly maxStorageGib: number;
    /** Days of backups with point-in-time recovery, 1 to 35. Up to the size of the database they cost nothing. */
    readonly backupDays: number;
    /**
     * `standard`: a week of query statistics, free. `advanced`: 15 months, locks and plans, 0.0125 per vCPU hour.
     * db.t4g.micro and db.t4g.small have no statistics: `standard` means none there. Administrators of the account see in them
     * the statements that took the most time, with their values:
     * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/sql-statistics.html
     */
    readonly insights: 'standard' | 'advanced';
  };
  /**
   * true: Terraform refuses to destroy what holds data, RDS refuses to be deleted and leaves a final snapshot, and a bucket
   * must be empty to go. false: `destroy` takes everything with it, uploads included.
   */
  readonly protectData: boolean;
  readonly load: {
    /**
     * Workers of one job run, 2 to 50: one drives, the others load; auto scaling uses as many as it can. They are G.1X, each
     * 0.308 an hour on Glue 6.0.
     */
    readonly maxWorkers: number;
    /** Job runs at the same time, 2 to 50 (Lambda's poller knows no 1). Beyond it uploads wait in the queue. */
    readonly maxConcurrentRuns: number;
    /**
     * true: neither uploads nor the clock start a job run, and each `apply` leaves it so. Uploads wait in the queue for a week
     * at most; the sweep finds those that waited longer.
     */
    readonly paused: boolean;
    /** Minutes after which Glue ends a job run, 5 to 2880; the sweep takes up what it did not finish. */
    readonly timeoutMinutes: number;
    /** When `raw/` is swept against the database, as an AWS cron expression in UTC. A sweep of nothing costs about 0.010. */
    readonly sweepSchedule: string;
    /** When the crawler looks for new owners' folders, as an AWS cron expression; it bills at least ten minutes: 0.07. */
    readonly crawlerSchedule: string;
  };
  /** Days that logs are kept. 0.03 a GB and month; taking them in costs 0.57 a GB. */
  readonly logRetentionDays: LogRetentionDays;
  /** QuickSight, or null where nobody reports. The account must have a QuickSight subscription (Enterprise) already. */
  readonly report: {
    /** ISO 4217: the currency that the dashboard opens in. Readers choose others there; amounts never add up over them. */
    readonly currency: string;
    /** Who reads the dashboard and may build analyses of their own on its data sets, and whose rows each sees. */
    readonly readers: readonly {
      /** The ARN of a QuickSight user or group. */
      readonly principal: string;
      /** The owners whose rows they see, or `all`, those to come included. Several entries of a principal add up. */
      readonly owners: readonly string[] | 'all';
    }[];
  } | null;
  /**
   * The web console, or null: uploads come by the AWS API alone, and nobody has an account. Idle it costs 7.00 a month for WAF
   * and the metrics of its alarms; its use is billed by the request: CloudFront 1.20 a million, the API 1.11, WAF 0.60.
   */
  readonly console: ConsoleProps | null;
  readonly watch: {
    /** Who gets alarms; each address must confirm once. */
    readonly emails: readonly string[];
    /** USD a month; at 80 % of it, and where the forecast passes it, the addresses are told. Nothing is switched off. */
    readonly monthlyBudgetUsd: number;
    /** Seconds from the arrival of an upload until it is visible, beyond which the 95th percentile alarms. */
    readonly secondsToVisible: number;
    /** Share of the rows quarantined, 0 to 1, beyond which an alarm is raised. */
    readonly quarantineShare: number;
    /** Hours without a finished sweep, beyond which an alarm is raised: some more than `load.sweepSchedule` leaves, 2 to 168. */
    readonly hoursWithoutSweep: number;
  };
}

/**
 * A repository as the tokens of its workflows name it. GitHub never reuses an id, so a repository that somebody else creates
 * later under the same name gets no credentials. `gh api repos/OWNER/NAME --jq '.owner.id,.id'` prints both ids.
 */
export interface GithubRepository {
  /** `OWNER/NAME`, in the letter case that GitHub shows. */
  readonly name: string;
  /** The id of the owner, a person or an organisation. */
  readonly ownerId: number;
  /** The id of the repository. */
  readonly id: number;
}

export interface ConsoleProps {
  /**
   * An address of your own with its certificate, which is free and must be ACM's in us-east-1; its DNS is yours to set. null:
   * CloudFront's own, `https://<some letters>.cloudfront.net`, which cannot be kept from speaking TLS 1.0 to whoever asks for it.
   */
  readonly domain: { readonly name: string; readonly certificateArn: string } | null;
  /**
   * `invited`: only those have an account whom an administrator invites. `open`: anybody may make one. It shows nothing until
   * an administrator gives it an owner. 10,000 people a month are free, each beyond costs 0.015.
   */
  readonly signUp: 'invited' | 'open';
  /** Requests of one address within five minutes, 100 to 20,000,000; WAF answers more of them with 429. A page takes some fifty. */
  readonly requestsPerAddress: number;
  /** Requests a second of all people together, 1 to 10,000, and for moments twice as many; the API answers more with 429. */
  readonly requestsPerSecond: number;
  /** Days that is kept who changed or looked at what: 0.03 a GB and month. */
  readonly auditRetentionDays: LogRetentionDays;
}

/** Whether RDS keeps statistics of queries on a class; the smallest lack the memory. */
export function hasInsights(instanceClass: string): boolean {
  return !/^db\.t4g\.(micro|small)$/.test(instanceClass);
}

/** A property of an environment is missing or wrong: nothing is synthesised. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const cron = z
  .string()
  .regex(/^cron\(\S+ \S+ \S+ \S+ \S+ \S+\)$/)
  .describe('an AWS cron expression with six fields, in UTC, such as cron(0 3 * * ? *)');
const flag = z.boolean().describe('true or false');
const between = (least: number, most: number) =>
  z.int().min(least).max(most).describe(`a whole number from ${least} to ${most}`);

const githubId = z
  .int()
  .positive()
  .describe(
    "a number that `gh api repos/OWNER/NAME --jq '.owner.id,.id'` prints: the owner's id, then the repository's",
  );

const retention = z.literal(logRetentions).describe(`days that CloudWatch Logs knows: ${logRetentions.join(', ')}`);

const privateBlocks = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** Whether a block is private, from /16 to /20, and begins at its own first address, as AWS wants it. */
function isNetwork(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const length = Number(prefix);
  return privateBlocks.test(cidr) && length >= 16 && length <= 20 && bits % 2 ** (32 - length) === 0;
}

/** Each property is described by what it may be: that is what a person is told who has it wrong. */
const properties = z.strictObject({
  name: z.enum(environmentNames).describe(environmentNames.join(', ')),
  accountId: z
    .string()
    .regex(/^\d{12}$/)
    .describe('an AWS account id: twelve digits, in quotes'),
  region: z
    .string()
    .regex(/^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/)
    .describe('an AWS region, such as eu-west-1'),
  githubOidcProvider: z.enum(['create', 'existing']).describe('create or existing'),
  repository: z
    .strictObject({
      name: z
        .string()
        .regex(/^[\w.-]+\/[\w.-]+$/)
        .describe('a GitHub repository, OWNER/NAME'),
      ownerId: githubId,
      id: githubId,
    })
    .describe('name, ownerId and id of a GitHub repository'),
  network: z
    .strictObject({
      cidr: z
        .cidrv4()
        .refine(isNetwork)
        .describe('a private IPv4 block from /16 to /20 by its first address, such as 10.40.0.0/16'),
      availabilityZones: z.array(z.string()).min(2).max(6).describe('two to six zones of the region'),
      endpointZones: between(1, 6),
    })
    .describe('cidr, availabilityZones and endpointZones'),
  uploads: z
    .strictObject({
      keepOldVersionsDays: between(1, 3650),
    })
    .describe('keepOldVersionsDays'),
  database: z
    .strictObject({
      instanceClass: z
        .string()
        .regex(/^db\.(t4g|[mr]\d+gd?)\.\w+$/)
        .describe('a Graviton class, such as db.t4g.micro'),
      multiAz: flag,
      storageGib: between(20, 65_536),
      maxStorageGib: between(20, 65_536),
      backupDays: between(1, 35),
      insights: z.enum(['standard', 'advanced']).describe('standard or advanced'),
    })
    .describe('instanceClass, multiAz, storageGib, maxStorageGib, backupDays and insights'),
  protectData: flag,
  load: z
    .strictObject({
      maxWorkers: between(2, 50),
      maxConcurrentRuns: between(2, 50),
      paused: flag,
      timeoutMinutes: between(5, 2880),
      sweepSchedule: cron,
      crawlerSchedule: cron,
    })
    .describe('maxWorkers, maxConcurrentRuns, paused, timeoutMinutes, sweepSchedule and crawlerSchedule'),
  logRetentionDays: retention,
  report: z
    .strictObject({
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .describe('an ISO 4217 code, such as EUR'),
      readers: z
        .array(
          z.strictObject({
            principal: z
              .string()
              .regex(/^arn:aws:quicksight:[a-z0-9-]+:\d{12}:(user|group)\/.+/)
              .describe('the ARN of a QuickSight user or group'),
            owners: z
              .union([z.literal('all'), z.array(z.string().regex(/^[^'"\\\p{Cc}/]{1,64}$/u)).min(1)])
              .describe("'all', or one owner or more, as their folders are called, without quotes and backslashes"),
          }),
        )
        .min(1)
        .describe('one reader or more, each a principal with its owners'),
    })
    .nullable()
    .describe('null, or currency and readers'),
  console: z
    .strictObject({
      domain: z
        .strictObject({
          name: z
            .string()
            .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/)
            .describe('a domain name, such as console.example.com'),
          certificateArn: z
            .string()
            .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/)
            .describe('the ARN of a certificate in us-east-1, the only region where CloudFront looks for one'),
        })
        .nullable()
        .describe('null, or name and certificateArn'),
      signUp: z.enum(['invited', 'open']).describe('invited or open'),
      requestsPerAddress: between(100, 20_000_000),
      requestsPerSecond: between(1, 10_000),
      auditRetentionDays: retention,
    })
    .nullable()
    .describe('null, or domain, signUp, requestsPerAddress, requestsPerSecond and auditRetentionDays'),
  watch: z
    .strictObject({
      emails: z.array(z.email().describe('an e-mail address')).min(1).describe('one e-mail address or more'),
      monthlyBudgetUsd: z.number().positive().describe('a number above 0'),
      secondsToVisible: between(1, 86_400),
      quarantineShare: z.number().gt(0).max(1).describe('a number above 0 and at most 1'),
      hoursWithoutSweep: between(2, 168),
    })
    .describe('emails, monthlyBudgetUsd, secondsToVisible, quarantineShare and hoursWithoutSweep'),
}) satisfies z.ZodType<Environment>;

/** What only several properties together can break. */
const environmentSchema = properties.superRefine((environment, context) => {
  const { name, accountId, region, network, database, load, report, console: props, protectData } = environment;
  const refuse = (path: (string | number)[], allowed: string, page?: string) =>
    context.addIssue({ code: 'custom', path, message: page === undefined ? allowed : `${allowed} (${page})` });
  for (const [index, zone] of network.availabilityZones.entries()) {
    if (!new RegExp(`^${region}[a-z]$`).test(zone)) {
      refuse(['network', 'availabilityZones', index], `a zone of ${region}, such as ${region}a`);
    }
  }
  const zones = new Set(network.availabilityZones).size;
  if (zones < network.availabilityZones.length) refuse(['network', 'availabilityZones'], 'each zone once');
  if (network.endpointZones > zones) refuse(['network', 'endpointZones'], `1 to ${zones}, as many zones as there are`);
  const { storageGib, maxStorageGib, instanceClass, insights } = database;
  // RDS lets storage grow by a tenth or more, or not at all.
  const leastGrown = storageGib + Math.ceil(storageGib / 10);
  if (maxStorageGib !== storageGib && maxStorageGib < leastGrown) {
    refuse(
      ['database', 'maxStorageGib'],
      `storageGib (${storageGib}), and never grow, or ${leastGrown} or more`,
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html',
    );
  }
  if (insights === 'advanced' && !hasInsights(instanceClass)) {
    refuse(
      ['database', 'insights'],
      `standard: ${instanceClass} has no Database Insights, db.t4g.medium has`,
      'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html',
    );
  }
  for (const schedule of ['sweepSchedule', 'crawlerSchedule'] as const) {
    const [, , dayOfMonth, , dayOfWeek] = load[schedule].replace(/^cron\(|\)$/g, '').split(' ');
    if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
      refuse(
        ['load', schedule],
        'a schedule with ? for the day of the month or for the day of the week, and not for both: cron(0 3 * * ? *)',
        'https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html',
      );
    }
  }
  for (const [index, { principal }] of (report?.readers ?? []).entries()) {
    if (principal.split(':')[4] === accountId) continue;
    refuse(
      ['report', 'readers', index, 'principal'],
      `a user or group of account ${accountId}: QuickSight shares with no other account`,
      'https://docs.aws.amazon.com/quicksight/latest/APIReference/API_ResourcePermission.html',
    );
  }
  const certificate = props?.domain?.certificateArn;
  if (certificate !== undefined && certificate.split(':')[4] !== accountId) {
    refuse(
      ['console', 'domain', 'certificateArn'],
      `a certificate of account ${accountId}: CloudFront takes none of another`,
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html',
    );
  }
  if (name === 'production' && !protectData) refuse(['protectData'], 'true: production keeps its data');
});

/**
 * Checks an environment whose type alone does not say all.
 *
 * @throws {EnvironmentError} naming every property that is wrong or missing, what it is and what it may be.
 */
export function checkEnvironment(candidate: unknown): Environment {
  const parsed = environmentSchema.safeParse(candidate);
  if (parsed.success) return parsed.data;
  const name = (candidate as { name?: unknown } | null)?.name;
  const problems = parsed.error.issues.map((issue) => `  ${explain(issue, candidate)}`);
  throw new EnvironmentError(
    `Environment ${typeof name === 'string' ? name : 'without a name'} cannot be used. Put right in infra/src/environments.ts:\n${problems.join('\n')}`,
  );
}

/** `network.endpointZones is 3; it may be 1 to 2, as many zones as there are`. */
function explain(issue: z.core.$ZodIssue, candidate: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    return `${[...issue.path, issue.keys.join(', ')].join('.')} is no property of an environment; take it out`;
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
  return `${issue.path.join('.')} is ${value === undefined ? 'missing' : JSON.stringify(value)}; it may be ${allowed}`;
}

function shapeOf(schema: unknown): Readonly<Record<PropertyKey, unknown>> | undefined {
  const plain = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  return plain instanceof z.ZodObject ? plain.shape : undefined;
}
