/** The command `pictures`: retakes the pictures of the documentation. */
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildConsole } from '@centflow/cli/build-console';
import { buildTrigger } from '@centflow/cli/build-trigger';
import { CommandError } from '@centflow/command-line/exit';
import { localFolder, repository } from '@centflow/local-processes/paths';
import { databaseUrl, withConnection } from '@centflow/local-stack/database';
import { followUploads } from '@centflow/local-stack/follow';
import { putSamples } from '@centflow/local-stack/samples';
import { type LocalStack, startStack } from '@centflow/local-stack/stack';
import { type Command, InvalidArgumentError } from 'commander';
import { type Picture, pictures } from './pictures.ts';
import { takePictures } from './take-pictures.ts';

const FOLDER = join(repository, 'docs', 'pictures');
const BYTES_AT_MOST = 120_000;
const LOADED_WITHIN_MS = 5 * 60_000;

interface PicturesOptions {
  readonly only: readonly Picture[];
  readonly out: string;
}

export function addPictures(program: Command): void {
  program
    .command('pictures')
    .description('retake the pictures of the documentation, on a temporary stack with the samples')
    .option(
      '--only <names>',
      `retake only these pictures, separated by commas: ${pictures.map(({ name }) => name).join(', ')}`,
      parseNames,
      pictures,
    )
    .option('--out <folder>', 'the folder for the pictures', FOLDER)
    .action(takeAll);
}

async function takeAll({ only, out }: PicturesOptions): Promise<void> {
  const folder = join(localFolder, 'pictures');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const logFolder = join(localFolder, 'logs', 'pictures');
  const stack = await startStack({
    dataFolder: folder,
    logFolder,
    parts: ['mysql', 's3', 'flow', 'console'],
    temporaryDatabase: true,
    bufferPool: '256M',
    trigger: buildTrigger(join(logFolder, 'trigger-build.log')),
    console: buildConsole(join(logFolder, 'console-build.log')),
    report: (message) => console.error(message),
  });
  const stopping = () => void stack.stop();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stopping);
  try {
    await loadSamples(stack);
    const large: string[] = [];
    await takePictures({ url: stack.description.consoleUrl, folder }, only, out, ({ file, bytes }) => {
      console.log(`${relative(process.cwd(), file)}: ${Math.round(bytes / 1000)} KB`);
      if (bytes > BYTES_AT_MOST) large.push(file);
    });
    if (large.length > 0) {
      throw new CommandError(
        `These pictures are larger than ${BYTES_AT_MOST / 1000} KB. Make them show a smaller part of the page: ${large.join(', ')}`,
      );
    }
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadSamples(stack: LocalStack): Promise<void> {
  const url = databaseUrl(stack.description, stack.description.reporter);
  const versions = await putSamples(stack);
  await withConnection(url, (connection) => followUploads(connection, versions, { timeoutMs: LOADED_WITHIN_MS }));
}

function parseNames(text: string): readonly Picture[] {
  return text.split(',').map((name) => {
    const picture = pictures.find((known) => known.name === name.trim());
    if (picture === undefined) {
      throw new InvalidArgumentError(
        `${name} is not the name of a picture. The names are ${pictures.map((known) => known.name).join(', ')}.`,
      );
    }
    return picture;
  });
}
