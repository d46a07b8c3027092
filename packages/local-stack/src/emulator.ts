/** The AWS emulator (ministack), which takes requests that are signed with its own credentials only. */
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

/** Where an emulator is, and the only keys that it takes. */
export interface AwsAccess extends Credentials {
  readonly endpointUrl: string;
}

const programs = join(import.meta.dirname, 'emulator');

/** What any AWS client needs to talk to the emulator instead. */
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
  /** `eu-west-1` where left out. */
  readonly region?: string;
  /** Sign every request; random where left out. In a rehearsal IAM decides instead. */
  readonly credentials?: Credentials;
  /** Buckets and queues are kept here. */
  readonly dataFolder: string;
  readonly temporaryFolder: string;
  readonly sparkSocket: string;
  readonly logFile: string;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
  /** What only a rehearsal of the infrastructure has. */
  readonly rehearsal?: Rehearsal;
}

/** IAM and TLS as on AWS, RDS instances that are a real MySQL, and job runs with a role. */
export interface Rehearsal {
  /** Whose the requests are that nobody has signed: of browsers to CloudFront, to an HTTP API, to Cognito. Twelve digits. */
  readonly accountId: string;
  /** The certificate of 127.0.0.1. */
  readonly certificate: Certificate;
  /** A file with the authority that vouches for it, PEM. */
  readonly authorityFile: string;
  /** Where the launcher keeps a session of the Glue job's role. */
  readonly jobCredentialsFile: string;
  /** A file that says which MySQL the RDS instances are: rds_instances.py. */
  readonly rdsServerFile: string;
  /** Where the launcher writes on SIGUSR1 what each account has: inventory.py. */
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
      // A profile of the user's must not lead a Lambda to the real AWS.
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
      // Never let a warm Lambda go cold while the stack stands.
      LAMBDA_WARM_TTL_SECONDS: '864000',
      CENTFLOW_SPARK_SOCKET: options.sparkSocket,
      ...admission(options),
      // The runtime starts `node` from the PATH: the bootstrap's Node 22 comes first.
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

/** Credentials that nobody else has. */
export function createCredentials(): Credentials {
  return {
    // Like a key of AWS, whose ids begin with A.
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}

/** Where the emulator answers. */
export function endpointOf({ port, rehearsal }: Pick<EmulatorOptions, 'port' | 'rehearsal'>): string {
  return `${rehearsal === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
}

/** Which requests are let in: those that our credentials sign (guard.py), or in a rehearsal those that IAM allows. */
function admission({ rehearsal, port, temporaryFolder }: EmulatorOptions): Record<string, string> {
  if (rehearsal === undefined) return { CENTFLOW_GUARDED_PORT: String(port) };
  const { certificate, key } = writeCertificate(rehearsal.certificate, temporaryFolder, 'emulator');
  return {
    // A role may do what its policies say, the account's root everything.
    AUTH: 'true',
    MINISTACK_ACCOUNT_ID: rehearsal.accountId,
    // Policies refuse what is not TLS.
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    // For the Lambdas, which inherit it.
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
