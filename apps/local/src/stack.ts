/** The whole flow on one machine: started in order, stopped in order, whatever happens in between. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@centflow/schema/grants';
import { isLoopback, tlsFor } from '@centflow/schema/tls';
import { createConnection } from 'mysql2/promise';
import { type Clients, createClients } from './clients.ts';
import { startConsole } from './console.ts';
import { databaseUrl } from './database.ts';
import { type AwsAccess, REGION, startEmulator } from './emulator.ts';
import { freePort } from './free-port.ts';
import { type Administrator, administratorFromUrl, startMysql } from './mysql.ts';
import { NAMES } from './names.ts';
import { readToolPaths } from './paths.ts';
import { createFlow, createStorage, type ResourceOverrides, warmJob } from './resources.ts';
import { readSecrets } from './secrets.ts';
import { removeSocketFolder, socketPath } from './socket-path.ts';
import { type SparkWorker, startSparkWorker } from './spark-worker.ts';

/** What a stack may be made of. `flow` is everything from the event to the job run: queue, trigger, job and Spark. */
export const PARTS = ['mysql', 's3', 'flow', 'console'] as const;
export type PartName = (typeof PARTS)[number];

export interface StackOptions {
  readonly dataFolder: string;
  /** The folder of the logs; that of the data has one where left out. */
  readonly logFolder?: string;
  readonly parts: readonly PartName[];
  /** Ports to take when they are free; any others where they are not. */
  readonly preferredPorts?: { readonly emulator: number; readonly mysql: number; readonly console: number };
  /** On a server that others use too: a database and users of its own, dropped at the end. */
  readonly temporaryDatabase: boolean;
  /** InnoDB's cache. */
  readonly bufferPool?: string;
  readonly overrides?: ResourceOverrides;
  /** Settles when the trigger's bundle is there. */
  readonly triggerBuilt?: Promise<void>;
  /** Settles when the console's web is there. */
  readonly consoleBuilt?: Promise<void>;
  /** Told what happens meanwhile: a part that is ready, Spark started again. */
  readonly report?: (message: string) => void;
}

interface Account {
  readonly user: string;
  readonly password: string;
}

/** Everything a client of a running stack needs. */
export interface StackDescription {
  readonly endpointUrl: string;
  /** The only keys that the emulator takes. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where the console is; empty without that part. */
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

export interface Stack {
  readonly description: StackDescription;
  readonly clients: Clients;
  /** The process that runs the jobs now. */
  readonly sparkPid: () => number | undefined;
  /** Settles when a part that nobody restarts has ended by itself, with the reason. */
  readonly failed: Promise<string>;
  /** Settles when the job has run once: an upload until then takes some seconds longer. */
  readonly jobWarm: Promise<void>;
  stop(): Promise<void>;
}

/** First who asks for job runs, then who runs them, then what they write to. */
const STOP_ORDER = ['console', 'clients', 'emulator', 'spark', 'database', 'server', 'files'] as const;
type StopStep = (typeof STOP_ORDER)[number];

/** Starts the parts of a stack; when one does not start, those that did are stopped. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const tools = readToolPaths();
  mkdirSync(options.dataFolder, { recursive: true });
  const logFolder = options.logFolder ?? join(options.dataFolder, 'logs');
  const report = options.report ?? (() => undefined);
  const secrets = readSecrets(join(options.dataFolder, 'passwords.json'));
  // What a killed stack left in it goes now.
  const temporaryFolder = join(options.dataFolder, 'tmp');
  rmSync(temporaryFolder, { recursive: true, force: true });
  mkdirSync(temporaryFolder);
  // The emulator starts Lambdas with a CommonJS script in there, and below the repository Node would take it for a module.
  writeFileSync(join(temporaryFolder, 'package.json'), '{ "type": "commonjs" }\n');
  const sparkSocket = socketPath(temporaryFolder, 'spark.sock');

  const stops = new Map<StopStep, () => Promise<void> | void>();
  stops.set('files', () => {
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
  const timed = async <Result>(name: string, starting: Promise<Result>): Promise<Result> => {
    const since = performance.now();
    const result = await starting;
    report(`${name} ready after ${((performance.now() - since) / 1000).toFixed(1)} s`);
    return result;
  };

  const wants = (part: PartName) => options.parts.includes(part);
  const suffix = options.temporaryDatabase ? `_${randomBytes(4).toString('hex')}` : '';
  const databaseName = `centflow${suffix}`;
  const accounts: Record<Role, string> = {
    migrator: `migrator${suffix}`,
    loader: `loader${suffix}`,
    reporter: `reporter${suffix}`,
  };
  let fail: (reason: string) => void = () => undefined;
  const failed = new Promise<string>((resolve) => {
    fail = resolve;
  });

  const startDatabase = async (): Promise<Administrator> => {
    let administrator = administratorFromUrl(process.env.CENTFLOW_MYSQL_URL);
    if (administrator === undefined) {
      const server = await startMysql({
        tools,
        dataFolder: join(options.dataFolder, 'mysql'),
        temporaryFolder,
        logFile: join(logFolder, 'mysql.log'),
        port: await freePort(options.preferredPorts?.mysql),
        password: secrets.root,
        bufferPool: options.bufferPool ?? process.env.CENTFLOW_MYSQL_BUFFER_POOL ?? defaultBufferPool(),
      });
      stops.set('server', server.stop);
      void server.part.ended.then(() => fail('MySQL ended by itself'));
      administrator = server.administrator;
    } else if (options.temporaryDatabase) {
      const found = administrator;
      stops.set('database', () => dropDatabase(found, databaseName, Object.values(accounts)));
    }
    const { setUpDatabase } = await import('@centflow/schema/set-up-database');
    await setUpDatabase({
      administratorUrl: administratorUrl(administrator),
      database: databaseName,
      accounts,
      passwordOf: (role) => secrets[role],
      requireTls: !isLoopback(administrator.host),
      ...tlsFor(administrator.host),
    });
    return administrator;
  };

  let sparkStarting: Promise<SparkWorker | undefined> | undefined;
  try {
    const needsEmulator = wants('s3') || wants('flow');
    const emulatorPort = await freePort(options.preferredPorts?.emulator);
    const endpointUrl = `http://127.0.0.1:${emulatorPort}`;
    const { accessKeyId, secretAccessKey } = secrets;
    const aws: AwsAccess = { endpointUrl, accessKeyId, secretAccessKey };

    const startAws = async () => {
      const part = await startEmulator({
        tools,
        port: emulatorPort,
        credentials: aws,
        dataFolder: join(options.dataFolder, 'aws'),
        temporaryFolder,
        sparkSocket,
        logFile: join(logFolder, 'aws.log'),
      });
      stops.set('emulator', part.stop);
      void part.ended.then(() => fail('the AWS emulator ended by itself'));
    };
    const startSpark = async () => {
      const worker = await startSparkWorker({
        tools,
        endpointUrl,
        credentials: aws,
        socketPath: sparkSocket,
        scratchFolder: join(temporaryFolder, 'spark'),
        logFile: join(logFolder, 'spark.log'),
        memory: process.env.CENTFLOW_SPARK_MEMORY ?? '2g',
        onRestart: report,
      });
      stops.set('spark', worker.stop);
      return worker;
    };

    // Spark takes longest. What does not need it is started meanwhile.
    sparkStarting = wants('flow') ? timed('Spark', startSpark()) : Promise.resolve(undefined);
    sparkStarting.catch(() => undefined);
    const [database, emulator] = await Promise.allSettled([
      wants('mysql') || wants('flow') ? timed('MySQL', startDatabase()) : undefined,
      needsEmulator ? timed('AWS emulator', startAws()) : undefined,
    ]);
    for (const outcome of [database, emulator]) if (outcome.status === 'rejected') throw outcome.reason;
    const administrator = database.status === 'fulfilled' ? database.value : undefined;

    const clients = createClients(endpointUrl, aws);
    stops.set('clients', () => clients.destroy());
    if (needsEmulator) {
      await createStorage(clients, {
        host: administrator?.host ?? '',
        port: administrator?.port ?? 0,
        username: accounts.loader,
        password: secrets.loader,
        dbname: databaseName,
        ...(administrator?.authority === undefined ? {} : { authority: administrator.authority }),
      });
    }
    const sparkReady = sparkStarting;
    const startFlow = async () => {
      await options.triggerBuilt;
      await createFlow(clients, sparkReady, options.overrides);
    };
    const serveConsole = async (): Promise<string> => {
      await options.consoleBuilt;
      const part = await startConsole({
        port: await freePort(options.preferredPorts?.console),
        aws,
        databaseUrl: databaseUrl(
          { databaseHost: administrator?.host ?? '', databasePort: administrator?.port ?? 0, databaseName },
          { user: accounts.reporter, password: secrets.reporter },
        ),
        dataFolder: join(options.dataFolder, 'console'),
        logFile: join(logFolder, 'console.log'),
      });
      stops.set('console', part.stop);
      void part.ended.then(() => fail('the console ended by itself'));
      return part.url;
    };
    const [flow, served] = await Promise.allSettled([
      wants('flow') ? timed('Queue, trigger and job', startFlow()) : undefined,
      wants('console') ? timed('Console', serveConsole()) : undefined,
    ]);
    const worker = await sparkReady;
    for (const outcome of [flow, served]) if (outcome.status === 'rejected') throw outcome.reason;
    const consoleUrl = served.status === 'fulfilled' ? (served.value ?? '') : '';

    const jobWarm = wants('flow') ? warmJob(clients) : Promise.resolve();
    jobWarm.catch((error: unknown) => fail(`the first run of the job failed (${(error as Error).message})`));

    const account = (role: Role): Account => ({ user: accounts[role], password: secrets[role] });
    return {
      description: {
        endpointUrl: needsEmulator ? endpointUrl : '',
        accessKeyId,
        secretAccessKey,
        consoleUrl,
        region: REGION,
        bucket: NAMES.bucket,
        queueName: NAMES.queue,
        deadLetterQueueName: NAMES.deadLetterQueue,
        functionName: NAMES.trigger,
        jobName: NAMES.job,
        secretId: NAMES.secret,
        databaseHost: administrator?.host ?? '',
        databasePort: administrator?.port ?? 0,
        databaseName,
        adminUser: administrator?.user ?? '',
        adminPassword: administrator?.password ?? '',
        migrator: account('migrator'),
        loader: account('loader'),
        reporter: account('reporter'),
        sparkPid: worker?.pid() ?? null,
        logFolder,
      },
      clients,
      sparkPid: () => worker?.pid(),
      failed,
      jobWarm,
      stop,
    };
  } catch (error) {
    // It can be stopped only once it has started.
    await sparkStarting?.catch(() => undefined);
    await stop();
    throw error;
  }
}

/** A gigabyte, or a quarter of what is free where that is less. */
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
