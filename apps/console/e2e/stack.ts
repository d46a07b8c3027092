/** Starts a temporary stack with the console, for tests and for `api/local/dev.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { s3Client } from '../api/clients.ts';
import { awsOf, type LocalConfig } from '../api/local/config.ts';
import { startServer } from '../api/local/server.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const stackProgram = join(repository, 'apps', 'cli', 'src', 'main.ts');
const sampleFolder = join(repository, 'samples');

/** The connection details that the command `stack` prints (packages/local-stack/src/stack.ts). */
export interface StackDescription {
  readonly endpointUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly bucket: string;
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  readonly jobName: string;
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly databaseName: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  readonly loader: { readonly user: string; readonly password: string };
  readonly reporter: { readonly user: string; readonly password: string };
}

export interface RunningStack extends AsyncDisposable {
  readonly description: StackDescription;
  /** A folder for files, which is deleted at the end. */
  readonly folder: string;
}

/**
 * Starts a local stack.
 *
 * @param parts the value of `stack --only`: `mysql,s3` starts in 6 s, all parts in 20 s
 */
export async function startStack(parts = 'mysql,s3,flow'): Promise<RunningStack> {
  const folder = await mkdtemp(join(tmpdir(), 'centflow-console-'));
  const command = [stackProgram, 'stack', '--data-dir', join(folder, 'stack'), '--only', parts];
  const stack = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(stack, 'exit');
  const stop = async () => {
    stack.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const described = await createInterface(stack.stdout)[Symbol.asyncIterator]().next();
  if (described.done) {
    await stop();
    throw new Error('The local stack ended before it served. Its last words are above.');
  }
  return { description: JSON.parse(described.value), folder, [Symbol.asyncDispose]: stop };
}

/** Returns the environment of a console for a stack. */
export function configOf({ description, folder }: RunningStack, webFolder?: string): LocalConfig {
  const { user, password } = description.reporter;
  const { databaseHost, databasePort, databaseName } = description;
  return {
    PORT: 0,
    HOST: '127.0.0.1',
    ...(webFolder === undefined ? {} : { WEB_FOLDER: webFolder }),
    DATA_FOLDER: join(folder, 'console'),
    PARTS_FILE: join(folder, 'stack', 'parts.json'),
    AWS_ENDPOINT_URL: description.endpointUrl,
    AWS_REGION: description.region,
    AWS_ACCESS_KEY_ID: description.accessKeyId,
    AWS_SECRET_ACCESS_KEY: description.secretAccessKey,
    UPLOADS_BUCKET: description.bucket,
    DATABASE_URL: `mysql://${user}:${encodeURIComponent(password)}@${databaseHost}:${databasePort}/${databaseName}`,
    GLUE_JOB_NAME: description.jobName,
    QUEUE_NAME: description.queueName,
    DEAD_LETTER_QUEUE_NAME: description.deadLetterQueueName,
  };
}

export interface ConsoleStack extends AsyncDisposable {
  readonly url: string;
  readonly stack: RunningStack;
}

export interface ConsoleOptions {
  readonly parts?: string;
  /** Whether the start also uploads samples/ and waits until they are loaded. */
  readonly samples?: boolean;
  readonly webFolder?: string;
  /** The console's port. If not set, any free port. */
  readonly port?: number;
}

/** Starts a stack and its console. */
export async function startConsole(options: ConsoleOptions = {}): Promise<ConsoleStack> {
  const stack = await startStack(options.parts);
  try {
    const config = { ...configOf(stack, options.webFolder), PORT: options.port ?? 0 };
    if (options.samples) await uploadSamples(config);
    const server = await startServer(config);
    return {
      url: server.url,
      stack,
      async [Symbol.asyncDispose]() {
        await server.close();
        await stack[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function uploadSamples(config: LocalConfig): Promise<void> {
  const s3 = s3Client({ ...awsOf(config), forcePathStyle: true });
  const found = await readdir(join(sampleFolder, 'raw'), { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files) {
    const Key = relative(sampleFolder, file).split(sep).join('/');
    await s3.send(new PutObjectCommand({ Bucket: config.UPLOADS_BUCKET, Key, Body: await readFile(file) }));
  }
  s3.destroy();

  const views = await createConnection(config.DATABASE_URL);
  const settled = "SELECT count(*) AS uploads FROM v_upload_progress WHERE state <> 'loading'";
  for (let uploads = 0; uploads < files.length; await sleep(200)) {
    const [[row]] = await views.query<RowDataPacket[]>(settled);
    uploads = Number(row?.uploads);
  }
  await views.end();
}
