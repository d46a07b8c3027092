/** Starts and stops the parts of the flow on one machine, each in a fixed order. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { isLoopback, tlsFor } from '@centflow/lambda-kit/tls';
import { freePort } from '@centflow/local-processes/free-port';
import { type Administrator, administratorFromUrl, startMysql } from '@centflow/local-processes/mysql';
import { readToolPaths } from '@centflow/local-processes/paths';
import { removeSocketFolder, socketPath } from '@centflow/local-processes/socket-path';
import { PartError } from '@centflow/local-processes/supervise';
import type { Role } from '@centflow/schema/grants';
import { createConnection } from 'mysql2/promise';
import { type Clients, createClients } from './clients.ts';
import { type BuiltConsole, startConsole } from './console.ts';
import { databaseUrl } from './database.ts';
import { type AwsAccess, REGION, startEmulator } from './emulator.ts';
import { NAMES } from './names.ts';
import { createPartsWriter, endLeftovers, partsFileOf } from './parts-file.ts';
import { createFlow, createStorage, type ResourceOverrides, warmJob } from './resources.ts';
import { readSecrets } from './secrets.ts';
import { sparkPlan } from './spark-worker.ts';
import { createSupervisor, type Limits, type PartPlan, type Supervised, type Supervisor } from './supervisor.ts';

/** The parts that a stack can have. `flow` means the queue, the trigger, the job and Spark. */
export const PARTS = ['mysql', 's3', 'flow', 'console'] as const;
export type PartName = (typeof PARTS)[number];

export interface StackOptions {
  readonly dataFolder: string;
  /** The folder of the logs; by default a folder in `dataFolder`. */
  readonly logFolder?: string;
  readonly parts: readonly PartName[];
  /** The ports to use if they are free. Otherwise the stack uses others. */
  readonly preferredPorts?: { readonly emulator: number; readonly mysql: number; readonly console: number };
  /** Whether to use a separate database and users, which are dropped at the end. Needed on a shared MySQL server. */
  readonly temporaryDatabase: boolean;
  /** InnoDB's cache. */
  readonly bufferPool?: string;
  readonly overrides?: ResourceOverrides;
  /** Resolves to the folder of the trigger's bundle. Required for `flow`. */
  readonly trigger?: Promise<string>;
  /** Resolves when the console is built. Required for `console`. */
  readonly console?: Promise<BuiltConsole>;
  /** Receives a message when a part is ready. */
  readonly report?: (message: string) => void;
  /** Receives each restart of a part, with its reason; by default `report`. */
  readonly warn?: (message: string) => void;
  /** The limits that decide when a part is restarted or given up; by default `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits>;
}

interface Account {
  readonly user: string;
  readonly password: string;
}

/** The addresses, names and passwords that clients of a running stack need. */
export interface StackDescription {
  readonly endpointUrl: string;
  /** The only credentials that the emulator accepts. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The address of the console; empty if the stack has no console. */
  readonly consoleUrl: string;
  readonly region: string;
  readonly bucket: string;
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly functionName: string;
  readonly jobName: string;
  readonly secretId: string;
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly databaseName: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  readonly migrator: Account;
  readonly loader: Account;
  readonly reporter: Account;
  readonly sparkPid: number | null;
  readonly logFolder: string;
}

export interface LocalStack {
  readonly description: StackDescription;
  readonly clients: Clients;
  /** Returns the id of the process that currently runs the jobs. */
  readonly sparkPid: () => number | undefined;
  /** Supervises the parts, and reports their states and restarts. */
  readonly supervisor: Supervisor;
  /** Resolves with the reason when the supervisor stops restarting a part. */
  readonly failed: Promise<string>;
  /** Resolves when the job has run once. Uploads before that take some seconds longer. */
  readonly jobWarm: Promise<void>;
  stop(): Promise<void>;
}

/** The order in which parts stop. Each part stops before the parts that it uses, such as Spark before the database. */
const STOP_ORDER = ['console', 'clients', 'emulator', 'spark', 'database', 'server', 'files'] as const;
type StopStep = (typeof STOP_ORDER)[number];

/** Starts the parts of a stack. If one of them does not start, the others are stopped. */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const tools = readToolPaths();
  const logFolder = options.logFolder ?? join(options.dataFolder, 'logs');
  for (const folder of [options.dataFolder, logFolder]) createPrivateFolder(folder);
  const report = options.report ?? (() => undefined);
  endLeftovers(options.dataFolder);
  const secrets = readSecrets(join(options.dataFolder, 'passwords.json'));
  // Removes the leftovers of a killed stack.
  const temporaryFolder = join(options.dataFolder, 'tmp');
  rmSync(temporaryFolder, { recursive: true, force: true });
  mkdirSync(temporaryFolder);
  // The emulator starts Lambdas with a CommonJS script in this folder. The repository's package.json would make it a module.
  writeFileSync(join(temporaryFolder, 'package.json'), '{ "type": "commonjs" }\n');
  const sparkSocket = socketPath(temporaryFolder, 'spark.sock');

  const warn = options.warn ?? report;
  const partsFile = createPartsWriter(options.dataFolder, warn);
  const stops = new Map<StopStep, () => Promise<void> | void>();
  stops.set('files', () => {
    partsFile.remove();
    removeSocketFolder(sparkSocket, temporaryFolder);
    rmSync(temporaryFolder, { recursive: true, force: true });
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      for (const name of STOP_ORDER) await stops.get(name)?.();
    })();
    return stopped;
  };
  const supervisor = createSupervisor({
    report: warn,
    onChange: partsFile.write,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const keep = (step: StopStep, plan: PartPlan): Supervised => {
    if (stopped !== undefined) throw new PartError(`${plan.name} was not started, because the stack is stopping`);
    const since = performance.now();
    const part = supervisor.keep(plan);
    stops.set(step, part.stop);
    void part.started.then(
      () => report(`${plan.name} ready after ${((performance.now() - since) / 1000).toFixed(1)} s`),
      () => undefined,
    );
    return part;
  };

  const wants = (part: PartName) => options.parts.includes(part);
  const needsDatabase = wants('mysql') || wants('flow');
  const needsEmulator = wants('s3') || wants('flow');
  const suffix = options.temporaryDatabase ? `_${randomBytes(4).toString('hex')}` : '';
  const databaseName = `centflow${suffix}`;
  const accounts: Record<Role, string> = {
    migrator: `migrator${suffix}`,
    loader: `loader${suffix}`,
    reporter: `reporter${suffix}`,
  };

  try {
    const named = administratorFromUrl(process.env.CENTFLOW_MYSQL_URL);
    const administrator = named ?? {
      host: '127.0.0.1',
      port: needsDatabase ? await freePort(options.preferredPorts?.mysql) : 0,
      user: 'root',
      password: secrets.root,
    };
    const aws: AwsAccess = {
      endpointUrl: `http://127.0.0.1:${await freePort(options.preferredPorts?.emulator)}`,
      accessKeyId: secrets.accessKeyId,
      secretAccessKey: secrets.secretAccessKey,
    };
    const emulatorPort = Number(new URL(aws.endpointUrl).port);
    const consolePort = wants('console') ? await freePort(options.preferredPorts?.console) : 0;
    const clients = createClients(aws.endpointUrl, aws);
    stops.set('clients', () => clients.destroy());

    // Spark takes longest to start, so the other parts start in the meantime.
    const spark = wants('flow')
      ? keep(
          'spark',
          sparkPlan({
            tools,
            endpointUrl: aws.endpointUrl,
            credentials: aws,
            socketPath: sparkSocket,
            scratchFolder: join(temporaryFolder, 'spark'),
            logFile: join(logFolder, 'spark.log'),
            memory: process.env.CENTFLOW_SPARK_MEMORY ?? '2g',
          }),
        )
      : undefined;

    // The certificate authority of the stack's own MySQL server exists only after the server has started. The
    // authority of an external server is unknown.
    const authority = Promise.withResolvers<string | undefined>();
    if (named !== undefined || !needsDatabase) authority.resolve(undefined);
    const startDatabase = async (): Promise<void> => {
      if (named === undefined) {
        const bufferPool = options.bufferPool ?? process.env.CENTFLOW_MYSQL_BUFFER_POOL ?? defaultBufferPool();
        const server = keep('server', {
          name: 'MySQL',
          start: async (signal) => {
            const { part, administrator: ours } = await startMysql({
              tools,
              dataFolder: join(options.dataFolder, 'mysql'),
              temporaryFolder,
              logFile: join(logFolder, 'mysql.log'),
              port: administrator.port,
              password: secrets.root,
              bufferPool,
              signal,
            });
            authority.resolve(ours.authority);
            return part;
          },
        });
        await server.started;
      } else if (options.temporaryDatabase) {
        stops.set('database', () => dropDatabase(named, databaseName, Object.values(accounts)));
      }
      const { setUpDatabase } = await import('@centflow/schema/set-up-database');
      await supervisor.runWithParts(
        () =>
          setUpDatabase({
            administratorUrl: administratorUrl(administrator),
            database: databaseName,
            accounts,
            passwordOf: (role) => secrets[role],
            requireTls: !isLoopback(administrator.host),
            ...tlsFor(administrator.host),
          }),
        ['MySQL'],
      );
    };
    const databasePlace = needsDatabase
      ? { databaseHost: administrator.host, databasePort: administrator.port, databaseName }
      : { databaseHost: '', databasePort: 0, databaseName };
    const secret = {
      host: databasePlace.databaseHost,
      port: databasePlace.databasePort,
      username: accounts.loader,
      password: secrets.loader,
      dbname: databaseName,
    };
    const startAws = () =>
      keep('emulator', {
        name: 'the AWS emulator',
        start: (signal) =>
          startEmulator({
            tools,
            port: emulatorPort,
            credentials: aws,
            dataFolder: join(options.dataFolder, 'aws'),
            temporaryFolder,
            sparkSocket,
            logFile: join(logFolder, 'aws.log'),
            signal,
          }),
        // Across restarts, the emulator keeps only objects and queues. All other resources are created at each start.
        prepare: async () => {
          const pem = await authority.promise;
          await createStorage(clients, { ...secret, ...(pem === undefined ? {} : { authority: pem }) });
          if (wants('flow')) await createFlow(clients, await given(options.trigger, 'trigger'), options.overrides);
        },
      }).started;
    const serveConsole = async (): Promise<void> => {
      const built = await given(options.console, 'console');
      await keep('console', {
        name: 'the console',
        start: (signal) =>
          startConsole({
            built,
            port: consolePort,
            aws,
            databaseUrl: databaseUrl(databasePlace, { user: accounts.reporter, password: secrets.reporter }),
            dataFolder: join(options.dataFolder, 'console'),
            partsFile: partsFileOf(options.dataFolder),
            logFile: join(logFolder, 'console.log'),
            signal,
          }),
      }).started;
    };
    await Promise.all([
      needsDatabase ? startDatabase() : undefined,
      needsEmulator ? startAws() : undefined,
      wants('console') ? serveConsole() : undefined,
      spark?.started,
      options.trigger,
    ]);

    const warming = Promise.withResolvers<string>();
    const jobWarm = wants('flow') ? supervisor.runWithParts(() => warmJob(clients)) : Promise.resolve();
    jobWarm.catch((error: unknown) => warming.resolve(`the first run of the job failed (${(error as Error).message})`));

    const account = (role: Role): Account => ({ user: accounts[role], password: secrets[role] });
    return {
      description: {
        endpointUrl: needsEmulator ? aws.endpointUrl : '',
        accessKeyId: aws.accessKeyId,
        secretAccessKey: aws.secretAccessKey,
        consoleUrl: wants('console') ? `http://127.0.0.1:${consolePort}` : '',
        region: REGION,
        bucket: NAMES.bucket,
        queueName: NAMES.queue,
        deadLetterQueueName: NAMES.deadLetterQueue,
        functionName: NAMES.trigger,
        jobName: NAMES.job,
        secretId: NAMES.secret,
        ...databasePlace,
        adminUser: needsDatabase ? administrator.user : '',
        adminPassword: needsDatabase ? administrator.password : '',
        migrator: account('migrator'),
        loader: account('loader'),
        reporter: account('reporter'),
        sparkPid: spark?.pid() ?? null,
        logFolder,
      },
      clients,
      supervisor,
      sparkPid: () => spark?.pid(),
      failed: Promise.race([supervisor.failed, warming.promise]),
      jobWarm,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates a folder that only the current user can read. Data and logs contain statements, owners' names and keys. */
function createPrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
}

/** Returns an option that a part needs. */
function given<Value>(value: Value | undefined, name: keyof StackOptions): Value {
  if (value === undefined) throw new Error(`startStack needs the option \`${name}\` for one of the parts.`);
  return value;
}

/** Returns the size of the buffer pool: a quarter of the free memory, but between 128 MB and 1 GB. */
function defaultBufferPool(): string {
  const quarter = Math.floor(freemem() / 4 / 2 ** 20);
  return `${Math.max(128, Math.min(1024, quarter))}M`;
}

function administratorUrl({ host, port, user, password }: Administrator): string {
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
}

async function dropDatabase(administrator: Administrator, name: string, users: readonly string[]): Promise<void> {
  const connection = await createConnection({ ...administrator, ...tlsFor(administrator.host) });
  try {
    await connection.query('DROP DATABASE IF EXISTS ??', [name]);
    for (const user of users) await connection.query("DROP USER IF EXISTS ?@'%'", [user]);
  } finally {
    await connection.end();
  }
}
