/** `delete KEY`: undoes an upload. The bucket keeps all earlier versions of the object. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { CommandError, EXIT } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import type { Command } from 'commander';
import { type JsonOption, withJson, withProgress, withStack } from './shared.ts';

interface DeleteOptions extends JsonOption {
  readonly timeout: string;
}

export function addDelete(program: Command): void {
  withJson(
    program
      .command('delete <key>')
      .description('delete an uploaded file, and wait until its rows are no longer in the reports')
      .option('--timeout <seconds>', 'maximum time to wait', '600'),
  ).action(deleteKey);
}

async function deleteKey(key: string, options: DeleteOptions): Promise<void> {
  const objectKey = key.startsWith('raw/') ? key : `raw/${key}`;
  await withStack(async ({ bucket, databaseUrl }, { s3 }) => {
    try {
      await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: objectKey }));
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      throw new CommandError(
        `There is no object ${objectKey}. \`npm run centflow -- uploads\` lists the keys.`,
        EXIT.usage,
      );
    }
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: objectKey }));
    await withProgress(`Waiting until the rows of ${objectKey} are removed`, options.json === true, () =>
      waitUntilRemoved(databaseUrl, objectKey, Number(options.timeout) * 1000),
    );
  });
  if (options.json) printJson({ objectKey, state: 'retired' });
  else print(`${objectKey} and its rows are deleted. To restore them, upload the file again.`);
}

async function waitUntilRemoved(databaseUrl: string, objectKey: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  await withConnection(databaseUrl, async (reporter) => {
    for (;;) {
      const visible = await queryRows(
        reporter,
        "SELECT upload_id FROM v_upload_accounting WHERE object_key = ? AND state IN ('loading', 'published')",
        [objectKey],
      );
      if (visible.length === 0) return;
      if (Date.now() > deadline) {
        throw new CommandError(
          `${objectKey} is deleted, but its rows are still in the reports. Run \`npm run centflow -- sweep\` to remove them.`,
          EXIT.timedOut,
        );
      }
      await sleep(50);
    }
  });
}
