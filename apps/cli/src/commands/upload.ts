/** `upload FILE...`: uploads files and follows each of them until it is published or rejected. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { type Row, renderTable } from '@centflow/command-line/table';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { type Accounting, followUploads, isSettled, type Version } from '@centflow/local-stack/follow';
import { putFile } from '@centflow/local-stack/put';
import { feeds } from '@centflow/schema/feeds';
import type { Command } from 'commander';
import type { Connection } from 'mysql2/promise';
import { accountingRow, type JsonOption, withJson, withProgress, withStack } from './shared.ts';

interface UploadOptions extends JsonOption {
  readonly feed: string;
  readonly owner?: string;
  readonly timeout: string;
}

export function addUpload(program: Command): void {
  withJson(
    program
      .command('upload <files...>')
      .description('upload CSV files and follow them until they are published or rejected')
      .requiredOption('--feed <feed>', `feed of the files: ${Object.keys(feeds).join(', ')}`)
      .option('--owner <name>', 'the owner of the files; `default` if omitted')
      .option('--timeout <seconds>', 'maximum time to wait', '600'),
  ).action(upload);
}

async function upload(files: string[], options: UploadOptions): Promise<void> {
  const targets = planUploads(files, options);
  const uploads = await withStack(({ bucket, databaseUrl, loaderUrl }, { s3 }) =>
    withProgress(`Uploading ${files.length} file(s)`, options.json === true, async (setText) => {
      const versions: Version[] = [];
      for (const { file, objectKey } of targets) versions.push(await putFile(s3, bucket, objectKey, file));
      const found = await withConnection(databaseUrl, (reporter) =>
        followUploads(reporter, versions, {
          timeoutMs: Number(options.timeout) * 1000,
          pollMs: 30,
          onProgress: (settled, total) => setText(`${settled} of ${total} file(s) processed`),
        }),
      );
      return withConnection(loaderUrl, async (loader) =>
        Promise.all(
          found.map(async (accounting, index) => ({
            objectKey: versions[index]?.objectKey ?? '',
            accounting,
            problems: accounting === undefined ? [] : await summarise(loader, accounting.upload_id),
          })),
        ),
      );
    }),
  );
  if (options.json)
    printJson(uploads.map(({ objectKey, accounting, problems }) => ({ objectKey, ...accounting, problems })));
  else report(uploads);
  process.exitCode = exitCodeOf(uploads.map(({ accounting }) => accounting));
}

interface Target {
  readonly file: string;
  readonly objectKey: string;
}

/**
 * Returns the object key of each file.
 *
 * @throws {CommandError} if a feed, an owner or a file is not valid, or if two files have the same key.
 */
export function planUploads(
  files: readonly string[],
  { feed, owner }: Pick<UploadOptions, 'feed' | 'owner'>,
): Target[] {
  if (!Object.hasOwn(feeds, feed)) {
    throw new CommandError(
      `The feed ${feed} does not exist. Choose one of: ${Object.keys(feeds).join(', ')}`,
      EXIT.usage,
    );
  }
  if (owner !== undefined && (owner === '' || owner.length > 64 || owner.includes('/'))) {
    throw new CommandError('The name of an owner must have 1 to 64 characters and no slash', EXIT.usage);
  }
  const targets = new Map<string, Target>();
  for (const file of files) {
    if (!existsSync(file) || !statSync(file).isFile())
      throw new CommandError(`The file ${file} does not exist`, EXIT.usage);
    const folder = owner === undefined ? feed : `${feed}/owner=${owner}`;
    const objectKey = `raw/${folder}/${basename(file)}`;
    const other = targets.get(objectKey);
    if (other !== undefined) {
      throw new CommandError(
        `${other.file} and ${file} have the same object key, ${objectKey}. Rename one of them, or upload them one by one.`,
        EXIT.usage,
      );
    }
    targets.set(objectKey, { file, objectKey });
  }
  return [...targets.values()];
}

/** Counts the quarantined rows by reason, with the first row of each. */
async function summarise(loader: Connection, uploadId: number): Promise<Row[]> {
  return queryRows(
    loader,
    `SELECT code, column_name, count(*) AS quarantined, min(row_no) AS first_row, min(message) AS example
     FROM quarantined_rows WHERE upload_id = ? GROUP BY code, column_name ORDER BY quarantined DESC, code`,
    [uploadId],
  );
}

interface Followed {
  readonly objectKey: string;
  readonly accounting: Accounting | undefined;
  readonly problems: readonly Row[];
}

function report(uploads: readonly Followed[]): void {
  const known = uploads.flatMap(({ accounting }) => (accounting === undefined ? [] : [accounting]));
  if (known.length > 0) print(renderTable(known.map(accountingRow)));
  for (const { objectKey, accounting, problems } of uploads) {
    if (accounting === undefined) {
      print(`\n${objectKey}: no job run has loaded the file yet. Run \`npm run centflow -- doctor\` to find out why.`);
      continue;
    }
    if (accounting.state === 'published' && accounting.reason !== null) print(`\n${objectKey}: ${accounting.reason}`);
    if (accounting.state === 'rejected') print(`\n${objectKey} was rejected: ${accounting.reason}`);
    if (accounting.state === 'failed') print(`\n${objectKey} failed: ${accounting.reason}. The next sweep retries it.`);
    if (problems.length > 0) {
      print(
        `\nQuarantined rows of ${objectKey} (list all with \`npm run centflow -- quarantine ${accounting.upload_id}\`)`,
      );
      print(renderTable(problems));
    }
  }
}

function exitCodeOf(uploads: readonly (Accounting | undefined)[]): number {
  if (uploads.some((accounting) => accounting?.state === 'rejected')) return EXIT.rejected;
  return uploads.every(isSettled) ? EXIT.ok : EXIT.timedOut;
}
