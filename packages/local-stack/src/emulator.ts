/** Starts the AWS emulator (ministack). The emulator accepts only requests that are signed with its own credentials. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { type Certificate, writeCertificate } from '@centflow/local-processes/certificates';
import type { ToolPaths } from '@centflow/local-processes/paths';
import { type Part, startPart } from '@centflow/local-processes/supervise';

export const REGION = 'eu-west-1';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The address of an emulator, and the only credentials that it accepts. */
export interface AwsAccess extends Credentials {
  readonly endpointUrl: string;
}

const programs = join(import.meta.dirname, 'emulator');

/** Returns the environment variables that make AWS clients use the emulator. */
export function awsEnvironment(aws: AwsAccess, region = REGION): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: aws.endpointUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
  };
}

export interface EmulatorOptions {
  readonly tools: ToolPaths;
  readonly port: number;
  /** The emulated region; by default `eu-west-1`. */
  readonly region?: string;
  /**
   * Every request must be signed with these credentials, which are random by default. In a rehearsal, the emulated IAM
   * policies decide which requests are allowed.
   */
  readonly credentials?: Credentials;
  /** The folder of the buckets and queues. */
  readonly dataFolder: string;
  readonly temporaryFolder: string;
  readonly sparkSocket: string;
  readonly logFile: string;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** Settings for a rehearsal of the infrastructure; undefined for the local stack. */
  readonly rehearsal?: Rehearsal;
}

/**
 * Settings for a rehearsal, which emulates AWS more closely: IAM, TLS, RDS instances with a real MySQL, and job roles.
 */
export interface Rehearsal {
  /**
   * The account (twelve digits) of unsigned requests, which browsers send to CloudFront, to an HTTP API and to Cognito.
   */
  readonly accountId: string;
  /** The certificate that the emulator presents for 127.0.0.1. */
  readonly certificate: Certificate;
  /** The PEM file of the authority that issued the certificate. */
  readonly authorityFile: string;
  /** The file in which the launcher stores temporary credentials of the Glue job's role. */
  readonly jobCredentialsFile: string;
  /** The file that contains the address of the MySQL server behind the RDS instances (rds_instances.py). */
  readonly rdsServerFile: string;
  /** The file into which the launcher writes the resources of each account on SIGUSR1 (inventory.py). */
  readonly inventoryFile: string;
}

export async function startEmulator(options: EmulatorOptions): Promise<Part> {
  const endpointUrl = endpointOf(options);
  const credentials = options.credentials ?? createCredentials();
  return startPart({
    name: 'the AWS emulator',
    command: options.tools.emulatorPython,
    args: [join(programs, 'launch.py')],
    env: {
      ...awsEnvironment({ endpointUrl, ...credentials }, options.region),
      // Unset, so that no Lambda uses a profile of the user and thus the real AWS.
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(options.port),
      MINISTACK_REGION: options.region ?? REGION,
      S3_PERSIST: '1',
      S3_DATA_DIR: join(options.dataFolder, 's3'),
      PERSIST_STATE: '1',
      STATE_DIR: join(options.dataFolder, 'state'),
      TMPDIR: options.temporaryFolder,
      LOG_LEVEL: 'INFO',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // Keeps Lambdas warm for ten days, so that they never restart while the stack runs.
      LAMBDA_WARM_TTL_SECONDS: '864000',
      CENTFLOW_SPARK_SOCKET: options.sparkSocket,
      ...admission(options),
      // The emulator starts `node` from the PATH, so the bootstrap's Node 22 must come first.
      PATH: `${join(options.tools.node, '..')}:${process.env.PATH ?? ''}`,
      PYTHONUNBUFFERED: '1',
    },
    logFile: options.logFile,
    isReady: () => responds(`${endpointUrl}/_ministack/health`, options.rehearsal?.authorityFile),
    readyWithinMs: 180_000,
    stopWithinMs: 20_000,
    signal: options.signal,
  });
}

/** Creates random credentials. */
export function createCredentials(): Credentials {
  return {
    // Real AWS access keys begin with A, so this id cannot be mistaken for one.
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}

/** Returns the address of the emulator. */
export function endpointOf({ port, rehearsal }: Pick<EmulatorOptions, 'port' | 'rehearsal'>): string {
  return `${rehearsal === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
}

/**
 * Returns the variables that decide which requests the emulator accepts. The local stack accepts only signed requests
 * (guard.py). A rehearsal accepts only requests that IAM allows.
 */
function admission({ rehearsal, port, temporaryFolder }: EmulatorOptions): Record<string, string> {
  if (rehearsal === undefined) return { CENTFLOW_GUARDED_PORT: String(port) };
  const { certificate, key } = writeCertificate(rehearsal.certificate, temporaryFolder, 'emulator');
  return {
    // Enforces IAM: a role may do what its policies allow, and the root of the account may do everything.
    AUTH: 'true',
    MINISTACK_ACCOUNT_ID: rehearsal.accountId,
    // Uses TLS, because the policies deny requests without it.
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    // Lambdas inherit this variable, so that they trust the emulator's certificate.
    NODE_EXTRA_CA_CERTS: rehearsal.authorityFile,
    CENTFLOW_JOB_CREDENTIALS: rehearsal.jobCredentialsFile,
    CENTFLOW_RDS_SERVER: rehearsal.rdsServerFile,
    CENTFLOW_INVENTORY: rehearsal.inventoryFile,
  };
}

async function responds(url: string, authorityFile?: string): Promise<boolean> {
  const ca = authorityFile === undefined ? {} : { ca: readFileSync(authorityFile) };
  const request = (url.startsWith('https:') ? https : http).get(url, { ...ca, signal: AbortSignal.timeout(5_000) });
  try {
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}
