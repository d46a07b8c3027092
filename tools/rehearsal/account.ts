/** Starts an emulated AWS account on this machine: the emulator with IAM enforced, and a MySQL that acts as its RDS instance. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '@centflow/local-processes/certificates';
import { freePort } from '@centflow/local-processes/free-port';
import { startMysql } from '@centflow/local-processes/mysql';
import type { ToolPaths } from '@centflow/local-processes/paths';
import { removeSocketFolder, socketPath } from '@centflow/local-processes/socket-path';
import { waitFor } from '@centflow/local-processes/wait-for';
import { type Clients, type Credentials, createClients } from '@centflow/local-stack/clients';
import { endpointOf, startEmulator } from '@centflow/local-stack/emulator';
import { startDeployedSpark } from './deployed-spark.ts';
import { codeOf, fetchJob } from './job-package.ts';
import type { EmulatorCall } from './terraform-calls.ts';

/** The host name of MySQL. An address would not work, because clients verify the certificate against a name. */
const DATABASE_HOST = 'localhost';

export interface AccountOptions {
  readonly tools: ToolPaths;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** The folder for all data of the account. */
  readonly folder: string;
  readonly logFolder: string;
}

/** A running account: its endpoint, its clients and the credentials of its root user. */
export interface Account {
  readonly endpointUrl: string;
  /** The certificate authority of AWS and MySQL as PEM, which is the value of `database_ca`. */
  readonly authority: string;
  readonly clients: Clients;
  /** The environment of programs that call AWS as the root user. */
  readonly environment: NodeJS.ProcessEnv;
  /** Returns the session credentials of the job runs, which exist after a run has started. */
  jobCredentials(): Credentials;
  /** Starts Spark with the deployed code of a job. Without this call, the next run of the job starts Spark. */
  startSpark(jobName: string): Promise<void>;
  /**
   * Returns the present resources of the account, and the AWS calls of the root user since the previous observation.
   */
  observe(): Promise<Observation>;
  stop(): Promise<void>;
}

/** The names of resources, grouped by the emulator's stores, such as `s3._buckets`. */
export type Inventory = Readonly<Record<string, readonly string[]>>;

export interface Observation {
  readonly inventory: Inventory;
  /** The AWS calls of the root user since the previous observation. */
  readonly rootCalls: readonly EmulatorCall[];
  /** The role, the action and the resource of each allowed AWS call since the account was started. */
  readonly roleCalls: readonly (readonly [role: string, action: string, resource: string])[];
}

export async function startAccount(options: AccountOptions): Promise<Account> {
  const { tools, accountId, region, folder, logFolder } = options;
  const temporaryFolder = join(folder, 'tmp');
  mkdirSync(temporaryFolder, { recursive: true });
  // The emulator starts Lambdas with a CommonJS script in this folder. The folder is outside the repository, because
  // there Node would load the script as an ES module.
  writeFileSync(join(temporaryFolder, 'package.json'), '{ "type": "commonjs" }\n');
  const sparkSocket = socketPath(temporaryFolder, 'spark.sock');
  const jobCredentialsFile = join(temporaryFolder, 'job-credentials');
  const authority = await createAuthority('Centflow rehearsal');
  const authorityFile = join(temporaryFolder, 'authority.pem');
  writeFileSync(authorityFile, authority.pem);

  const rootPassword = randomBytes(18).toString('base64url');
  const mysql = await startMysql({
    tools,
    dataFolder: join(folder, 'mysql'),
    temporaryFolder,
    logFile: join(logFolder, 'mysql.log'),
    port: await freePort(),
    password: rootPassword,
    bufferPool: '256M',
    certificate: await authority.issue(),
  });
  const inventoryFile = join(temporaryFolder, 'inventory.json');
  const rdsServerFile = join(temporaryFolder, 'rds-server.json');
  const server = {
    host: DATABASE_HOST,
    port: mysql.administrator.port,
    socket: mysql.socket,
    root_password: rootPassword,
  };
  writeFileSync(rdsServerFile, JSON.stringify(server), { mode: 0o600 });

  const port = await freePort();
  const rehearsal = {
    accountId,
    certificate: await authority.issue(),
    authorityFile,
    jobCredentialsFile,
    rdsServerFile,
    inventoryFile,
  };
  const endpointUrl = endpointOf({ port, rehearsal });
  const emulator = await startEmulator({
    tools,
    port,
    region,
    dataFolder: join(folder, 'aws'),
    temporaryFolder,
    sparkSocket,
    logFile: join(logFolder, 'aws.log'),
    rehearsal,
  }).catch(async (error: unknown) => {
    await mysql.stop();
    throw error;
  });
  // The emulator treats an access key of twelve digits as the root user of the account with that number.
  const credentials = { accessKeyId: accountId, secretAccessKey: 'root' };
  const clients = createClients(endpointUrl, credentials, authority.pem);

  const spark = await startDeployedSpark({
    tools,
    endpointUrl,
    region,
    socket: sparkSocket,
    temporaryFolder,
    logFile: join(logFolder, 'spark.log'),
    memory: '1g',
    rights: { credentialsFile: jobCredentialsFile, authorityFile },
    fetch: (code, into) => fetchJob(clients.s3, code, tools, into),
    onRestart: (message) => console.error(message),
  });
  return {
    endpointUrl,
    authority: authority.pem,
    clients,
    environment: {
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_CA_BUNDLE: authorityFile,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    startSpark: async (jobName) => spark.ready(await codeOf(clients.glue, jobName)),
    jobCredentials: () => {
      const profile = readFileSync(jobCredentialsFile, 'utf8');
      const value = (name: string) => new RegExp(`^${name} = (.+)$`, 'm').exec(profile)?.[1] ?? '';
      return {
        accessKeyId: value('aws_access_key_id'),
        secretAccessKey: value('aws_secret_access_key'),
        sessionToken: value('aws_session_token'),
      };
    },
    observe: async () => {
      rmSync(inventoryFile, { force: true });
      emulator.process.kill('SIGUSR1');
      await waitFor(async () => (existsSync(inventoryFile) ? true : undefined));
      const { records, rootCalls, roleCalls } = JSON.parse(readFileSync(inventoryFile, 'utf8')) as {
        records: Record<string, Inventory>;
        rootCalls: Record<string, EmulatorCall[]>;
        roleCalls: Record<string, [string, string, string][]>;
      };
      return {
        inventory: records[accountId] ?? {},
        rootCalls: rootCalls[accountId] ?? [],
        roleCalls: roleCalls[accountId] ?? [],
      };
    },
    stop: async () => {
      clients.destroy();
      await emulator.stop();
      await spark.stop();
      await mysql.stop();
      removeSocketFolder(sparkSocket, temporaryFolder);
    },
  };
}
