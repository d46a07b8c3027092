/** Downloads the code of a deployed Glue job: its script and its packages. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { GetJobCommand, type GlueClient } from '@aws-sdk/client-glue';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ToolPaths } from '@centflow/local-processes/paths';
import { unzipSync } from 'fflate';

/** The S3 URLs of a job's code. */
export interface JobCode {
  readonly script: string;
  /** The zip file of wheels. */
  readonly wheels: string;
}

export interface JobPackage {
  readonly script: string;
  /** The folder of the installed packages. */
  readonly packages: string;
}

/** Returns the URLs of the code that the next run of a job will use. */
export async function codeOf(glue: GlueClient, jobName: string): Promise<JobCode> {
  const { Job } = await glue.send(new GetJobCommand({ JobName: jobName }));
  const script = Job?.Command?.ScriptLocation;
  const wheels = Job?.DefaultArguments?.['--additional-python-modules'];
  if (script === undefined || wheels === undefined) {
    throw new Error(`Job ${jobName} lacks a script or --additional-python-modules`);
  }
  return { script, wheels };
}

/**
 * Downloads the code and installs every wheel of the zip file. Like Glue, uses `--no-index`, so that nothing is
 * installed from PyPI.
 */
export async function fetchJob(s3: S3Client, code: JobCode, tools: ToolPaths, folder: string): Promise<JobPackage> {
  const wheelFolder = join(folder, 'wheels');
  mkdirSync(wheelFolder, { recursive: true });
  const script = join(folder, basename(code.script));
  writeFileSync(script, await download(s3, code.script));
  for (const [name, content] of Object.entries(unzipSync(await download(s3, code.wheels)))) {
    if (name.endsWith('.whl')) writeFileSync(join(wheelFolder, basename(name)), content);
  }
  const packages = join(folder, 'packages');
  await promisify(execFile)(tools.uv, [
    ...['pip', 'install', '--quiet', '--offline', '--no-index', '--no-deps', '--python', tools.python],
    ...['--target', packages],
    ...readdirSync(wheelFolder).map((name) => join(wheelFolder, name)),
  ]);
  return { script, packages };
}

async function download(s3: S3Client, url: string): Promise<Uint8Array> {
  const { host: Bucket, pathname } = new URL(url);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: decodeURIComponent(pathname.slice(1)) }));
  if (Body === undefined) throw new Error(`The object ${url} is empty`);
  return Body.transformToByteArray();
}
