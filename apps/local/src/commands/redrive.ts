/** `redrive`: gives the messages of the dead-letter queue back to the trigger. */
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { NAMES } from '../names.ts';
import { type JsonOption, printJson, withJson, withProgress, withStack } from './shared.ts';

export function addRedrive(program: Command): void {
  withJson(program.command('redrive').description('return every message of the dead-letter queue to the queue')).action(
    async ({ json }: JsonOption) => {
      const redriven = await withStack((_, { sqs }) => withProgress('Redriving', json === true, () => redrive(sqs)));
      if (json) printJson({ redriven });
      else
        console.log(
          redriven === 0 ? 'The dead-letter queue is empty.' : `${redriven} message(s) are back in the queue.`,
        );
    },
  );
}

/**
 * Sends each message before it deletes it: one that is sent twice changes nothing, one that is lost would.
 *
 * (AWS has StartMessageMoveTask for this, the emulator has not.)
 */
export async function redrive(
  sqs: SQSClient,
  { queue, deadLetterQueue }: { readonly queue: string; readonly deadLetterQueue: string } = NAMES,
): Promise<number> {
  const [from, to] = await Promise.all([queueUrl(sqs, deadLetterQueue), queueUrl(sqs, queue)]);
  for (let redriven = 0; ; ) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: from, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return redriven;
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
      redriven += 1;
    }
  }
}

async function queueUrl(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  if (QueueUrl === undefined) throw new Error(`The emulator has no queue ${name}`);
  return QueueUrl;
}
