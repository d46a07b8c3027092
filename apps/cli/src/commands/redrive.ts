/** `redrive`: moves the messages of the dead-letter queue back to the queue. */
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { print, printJson } from '@centflow/command-line/screen';
import { moveOneByOne } from '@centflow/console/redrive';
import { NAMES } from '@centflow/local-stack/names';
import type { Command } from 'commander';
import { type JsonOption, withJson, withProgress, withStack } from './shared.ts';

export function addRedrive(program: Command): void {
  withJson(
    program.command('redrive').description('move every message of the dead-letter queue back to the queue'),
  ).action(async ({ json }: JsonOption) => {
    const redriven = await withStack((_, { sqs }) => withProgress('Redriving', json === true, () => redrive(sqs)));
    if (json) printJson({ redriven });
    else print(redriven === 0 ? 'The dead-letter queue is empty.' : `Moved ${redriven} message(s) back to the queue.`);
  });
}

/** Moves one message at a time, because the emulator has no StartMessageMoveTask. */
export async function redrive(
  sqs: SQSClient,
  { queue, deadLetterQueue }: { readonly queue: string; readonly deadLetterQueue: string } = NAMES,
): Promise<number> {
  const [deadLetterQueueUrl, to] = await Promise.all([queueUrl(sqs, deadLetterQueue), queueUrl(sqs, queue)]);
  return moveOneByOne(sqs, { deadLetterQueueUrl, queueUrl: to });
}

async function queueUrl(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  if (QueueUrl === undefined) throw new Error(`The emulator has no queue ${name}. Restart the stack: npm start`);
  return QueueUrl;
}
