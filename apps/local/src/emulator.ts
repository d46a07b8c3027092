/** The AWS emulator (ministack) and the warm Spark process that runs its Glue jobs. */
import { join } from 'node:path';
import type { ToolPaths } from './paths.ts';
import { repository } from './paths.ts';
import { type Part, startPart } from './supervise.ts';

export const REGION = 'eu-west-1';
/** The emulator takes any credentials; these belong to its account 000000000000. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

const programs = join(repository, 'apps', 'local', 'src', 'emulator');

/** What any AWS client needs to talk to the emulator instead. */
export function awsEnvironment(endpointUrl: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
}

export interface EmulatorOptions {
  readonly tools: ToolPaths;
  readonly port: number;
  /** Buckets and queues are kept here. */
  readonly dataFolder: string;
  readonly temporaryFolder: string;
  readonly sparkSocket: string;
  readonly logFile: string;
}

export async function startEmulator(options: EmulatorOptions): Promise<Part> {
  const endpointUrl = `http://127.0.0.1:${options.port}`;
  const { AWS_ENDPOINT_URL: _ours, ...credentials } = awsEnvironment(endpointUrl);
  return startPart({
    name: 'the AWS emulator',
    command: options.tools.python,
    args: [join(programs, 'launch.py')],
    env: {
      ...credentials,
      // A profile of the user's must not lead a Lambda to the real AWS.
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_ENDPOINT_URL: endpointUrl,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(options.port),
      MINISTACK_REGION: REGION,
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
      // The runtime starts `node` from the PATH: the bootstrap's Node 22 comes first.
      PATH: `${join(options.tools.node, '..')}:${process.env.PATH ?? ''}`,
      PYTHONUNBUFFERED: '1',
    },
    logFile: options.logFile,
    isReady: () => responds(`${endpointUrl}/_ministack/health`),
    readyWithinMs: 60_000,
    stopWithinMs: 20_000,
  });
}

async function responds(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    return response.ok;
  } catch {
    return false;
  }
}
