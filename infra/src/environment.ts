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
  /** The AWS account it lives in. Terraform refuses credentials of any other. Environments may share one. */
  readonly accountId: string;
  /** The AWS region everything is in. Changing it makes everything anew, without the data. */
  readonly region: string;
  /** The GitHub repository, `OWNER/NAME`, whose workflows may plan and apply this environment. */
  readonly repository: string;
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
    /** Web origins that may upload from a browser, `https://…`; none: only the AWS API. */
    readonly browserOrigins: readonly string[];
  };
  readonly database: {
    /** Graviton: `db.t4g.*`, `db.m*g.*` or `db.r*g.*`. db.t4g.micro 12.41 a month, db.t4g.medium 49.64, db.m7g.large 131. */
    readonly instanceClass: string;
    /** true: a standby in another zone takes over within a minute or two, at twice the price. */
    readonly multiAz: boolean;
    /** GiB of gp3 storage to begin with, 20 or more: 0.127 a month each. */
    readonly storageGib: number;
    /** GiB that storage grows to by itself. It never shrinks. */
    readonly maxStorageGib: number;
    /** Days of backups with point-in-time recovery, 1 to 35. Up to the size of the database they cost nothing. */
    readonly backupDays: number;
    /** true: a read replica serves the reports, at the price of another instance; false: they ask the main one. */
    readonly reportingReplica: boolean;
    /** `standard`: a week of query statistics, free. `advanced`: 15 months, locks and plans, 0.0125 per vCPU hour. */
    readonly insights: 'standard' | 'advanced';
  };
  /**
   * true: Terraform refuses to destroy what holds data, RDS refuses to be deleted and leaves a final snapshot, and a bucket
   * must be empty to go. false: `destroy` takes everything with it, uploads included.
   */
  readonly protectData: boolean;
  readonly load: {
    /** Workers of one job run, 2 to 50: one drives, the others load; auto scaling uses as many as it can. G.1X, 0.44 an hour each. */
    readonly maxWorkers: number;
    /** Job runs at the same time, 1 to 50. Beyond it uploads wait in the queue. */
    readonly maxConcurrentRuns: number;
    /** Minutes after which Glue ends a job run, 5 to 2880; the sweep takes up what it did not finish. */
    readonly timeoutMinutes: number;
    /** When `raw/` is swept against the database, as an AWS cron expression in UTC. A sweep of nothing costs about 0.015. */
    readonly sweepSchedule: string;
    /** When the crawler looks for new owners' folders, as an AWS cron expression; it bills at least ten minutes: 0.07. */
    readonly crawlerSchedule: string;
  };
  /** Days that logs are kept. 0.03 a GB and month; taking them in costs 0.57 a GB. */
  readonly logRetentionDays: LogRetentionDays;
  /** QuickSight, or null where nobody reports. The account must have a QuickSight subscription (Enterprise) already. */
  readonly report: {
    /** ARNs of the QuickSight users or groups who own the data source and the data sets. */
    readonly principals: readonly string[];
  } | null;
  readonly watch: {
    /** Who gets alarms; each address must confirm once. */
    readonly emails: readonly string[];
    /** USD a month; at 80 % of it, and where the forecast passes it, the addresses are told. Nothing is switched off. */
    readonly monthlyBudgetUsd: number;
    /** Seconds from the arrival of an upload until it is visible, beyond which the 95th percentile alarms. */
    readonly secondsToVisible: number;
    /** Share of the rows quarantined, 0 to 1, beyond which an alarm is raised. */
    readonly quarantineShare: number;
  };
}

/** A property of an environment is missing or wrong: nothing is synthesised. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const cron = z
  .string()
  .regex(
    /^cron\(\S+ \S+ \S+ \S+ \S+ \S+\)$/,
    'an AWS cron expression with six fields, such as cron(0 3 * * ? *), in UTC',
  );
const isPrivate = (cidr: string) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(cidr);
const prefixLength = (cidr: string) => Number(cidr.split('/')[1]);

/** Whether the bits beyond the prefix are zero, as AWS wants them. */
function isNetworkAddress(cidr: string): boolean {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return bits % 2 ** (32 - Number(prefix)) === 0;
}

const environmentSchema = z
  .strictObject({
    name: z.enum(environmentNames),
    accountId: z.string().regex(/^\d{12}$/, 'twelve digits, in quotes'),
    region: z.string().regex(/^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/, 'an AWS region, such as eu-west-1'),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'a GitHub repository, OWNER/NAME'),
    network: z.strictObject({
      cidr: z
        .cidrv4('a private IPv4 block such as 10.40.0.0/16')
        .refine(isPrivate, 'a private block: in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16')
        .refine((cidr) => prefixLength(cidr) >= 16 && prefixLength(cidr) <= 20, 'a block from /16 to /20')
        .refine(isNetworkAddress, "the block's own first address, such as 10.40.0.0/16 and not 10.40.0.1/16"),
      availabilityZones: z.array(z.string()).min(2, 'two zones or more').max(6),
      endpointZones: z.int().min(1),
    }),
    uploads: z.strictObject({
      keepOldVersionsDays: z.int().min(1).max(3650),
      browserOrigins: z.array(z.string().regex(/^https:\/\/[^/*]+$/, 'an origin: https://host, without a path')),
    }),
    database: z.strictObject({
      instanceClass: z.string().regex(/^db\.(t4g|[mr]\d+gd?)\.\w+$/, 'a Graviton class, such as db.t4g.micro'),
      multiAz: z.boolean(),
      storageGib: z.int().min(20).max(65_536),
      maxStorageGib: z.int().min(20).max(65_536),
      backupDays: z.int().min(1).max(35),
      reportingReplica: z.boolean(),
      insights: z.enum(['standard', 'advanced']),
    }),
    protectData: z.boolean(),
    load: z.strictObject({
      maxWorkers: z.int().min(2).max(50),
      maxConcurrentRuns: z.int().min(1).max(50),
      timeoutMinutes: z.int().min(5).max(2880),
      sweepSchedule: cron,
      crawlerSchedule: cron,
    }),
    logRetentionDays: z.literal(logRetentions),
    report: z
      .strictObject({
        principals: z
          .array(
            z
              .string()
              .regex(/^arn:aws:quicksight:[a-z0-9-]+:\d{12}:(user|group)\/.+/, 'the ARN of a QuickSight user or group'),
          )
          .min(1),
      })
      .nullable(),
    watch: z.strictObject({
      emails: z.array(z.email()).min(1, 'one address or more'),
      monthlyBudgetUsd: z.number().positive(),
      secondsToVisible: z.int().positive(),
      quarantineShare: z.number().gt(0).max(1),
    }),
  })
  .superRefine((environment, context) => {
    const { network, database, region } = environment;
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [index, zone] of network.availabilityZones.entries()) {
      if (!new RegExp(`^${region}[a-z]$`).test(zone)) {
        refuse(['network', 'availabilityZones', String(index)], `a zone of ${region}, such as ${region}a, not ${zone}`);
      }
    }
    if (new Set(network.availabilityZones).size !== network.availabilityZones.length) {
      refuse(['network', 'availabilityZones'], 'each zone once');
    }
    if (network.endpointZones > network.availabilityZones.length) {
      refuse(['network', 'endpointZones'], `1 to ${network.availabilityZones.length}, as many zones as there are`);
    }
    if (database.maxStorageGib < database.storageGib) {
      refuse(['database', 'maxStorageGib'], `${database.storageGib} (storageGib) or more`);
    }
    if (environment.name === 'production' && !environment.protectData) {
      refuse(['protectData'], 'true: production keeps its data');
    }
  }) satisfies z.ZodType<Environment>;

/**
 * Checks an environment whose type alone does not say all.
 *
 * @throws {EnvironmentError} naming every property that is wrong or missing, and what it may be.
 */
export function checkEnvironment(candidate: unknown): Environment {
  const parsed = environmentSchema.safeParse(candidate);
  if (parsed.success) return parsed.data as Environment;
  const name = (candidate as { name?: unknown } | null)?.name;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || '(itself)'}: ${message}`);
  throw new EnvironmentError(
    `Environment ${typeof name === 'string' ? name : 'without a name'} cannot be used. Put right in infra/src/environments.ts:\n${problems.join('\n')}`,
  );
}
