import { readFile } from 'node:fs/promises';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { awsOf } from '../../api/local/config.ts';
import { expectGoodLooks, forms } from '../looks.ts';
import { configOf, type RunningStack } from '../stack.ts';
import { importTimeout, signIn, signInAsOperator } from '../uploads/person.ts';
import type { Setting } from '../uploads/setting.ts';

const getPanel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** Clicks a button and confirms it in the dialog. */
async function confirm(page: Page, place: Locator, name: string): Promise<void> {
  await place.getByRole('button', { name }).click();
  await page
    .getByRole('dialog', { name: `${name}?` })
    .getByRole('button', { name })
    .click();
}

async function openOperations(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Operations' }).click();
  await page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
}

export function operatorStory(setting: Setting): void {
  test('the list of all owners’ uploads shows latency, state and cost, but no amounts or merchants', async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { transactions } = (await ada.get('/api/transactions')) as { transactions: { counterparty: string }[] };
    const { uploads } = (await ada.get('/api/uploads')) as { uploads: { objectKey: string; rowsRead: number }[] };
    await ada.close();

    const { page, errors, close } = await signInAsOperator(browser, url, 'ada');
    await openOperations(page);
    const all = page.getByRole('region', { name: 'Uploads of all owners' });
    for (const { objectKey, rowsRead } of uploads.slice(0, 5)) {
      const row = all.getByRole('row').filter({ hasText: objectKey }).first();
      // The cost of an upload is known only after its job run has ended.
      await row.getByRole('cell', { name: '$' }).waitFor({ timeout: 60_000 });
      const cells = await row.getByRole('cell').allInnerTexts();
      expect(cells.slice(1, 5)).toEqual(['ada', objectKey, expect.any(String), rowsRead.toLocaleString('en-GB')]);
      expect(cells.at(-2)).toMatch(/^[\d.]+ secs$/);
      expect(cells.at(-1)).toMatch(/^\$0\.\d+$/);
    }
    await getPanel(page, 'Latency').getByRole('row').nth(1).waitFor();
    await getPanel(page, 'Job runs').getByRole('cell', { name: 'Succeeded' }).first().waitFor();
    await getPanel(page, 'Job runs').getByText('A DPU hour costs $0.308 on Glue 6.0').waitFor();
    const text = await page.locator('main').textContent();
    for (const { counterparty } of transactions) expect(text).not.toContain(counterparty);
    expect(errors).toEqual([]);
    await close();
  });

  test('redriven dead letters return to the queue and load no row twice', async () => {
    const { browser, url, running } = setting();
    const { page, get, close } = await signInAsOperator(browser, url, 'ada');
    const before = await get('/api/pipeline/uploads');
    await openOperations(page);
    const letters = getPanel(page, 'Dead letters');
    await letters.getByText('No events are waiting in the queue.').waitFor();
    expect(await letters.getByRole('button', { name: 'Redrive' }).isDisabled()).toBe(true);

    const [objectKey] = (before as { uploads: { objectKey: string }[] }).uploads.map((upload) => upload.objectKey);
    await putDeadLetter(running.stack, objectKey ?? '');
    await page.reload();
    await letters.getByText('1', { exact: true }).waitFor();
    await confirm(page, letters, 'Redrive');
    await page.getByText('1 event returned to the queue.').waitFor();
    await letters.getByText('0', { exact: true }).waitFor();
    await letters.getByText('No events are waiting in the queue.').waitFor({ timeout: 60_000 });
    expect(await get('/api/pipeline/uploads')).toEqual(before);
    await close();
  });

  test('a sweep starts only after confirmation, and then runs to its end', async () => {
    const { browser, url } = setting();
    const { page, close } = await signInAsOperator(browser, url, 'ada');
    await openOperations(page);
    const sweep = getPanel(page, 'Sweep');
    await sweep.getByText('None of the newest job runs was a sweep.').waitFor();
    await sweep.getByRole('button', { name: 'Sweep now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await sweep.getByText('None of the newest job runs was a sweep.').waitFor();

    await confirm(page, sweep, 'Sweep now');
    await page.getByText(/The sweep has started: job run \w+/).waitFor();
    await sweep.getByText('Succeeded').waitFor(importTimeout);
    const row = getPanel(page, 'Job runs').getByRole('row').filter({ hasText: 'Sweep' });
    expect(await row.getByRole('cell').allInnerTexts()).toContain('Succeeded');
    await close();
  });

  test('alarms show their reason, and a panel that fails does not affect the others', async () => {
    const { browser, url, running } = setting();
    await raiseAlarm(running.stack);
    const { page, close } = await signInAsOperator(browser, url, 'ada');
    await page.route('**/api/operations/dead-letters*', (route) => route.abort());
    await openOperations(page);
    const alarms = getPanel(page, 'Alarms').getByRole('row');
    await alarms.nth(2).waitFor();
    // Active alarms come first.
    expect(await alarms.allInnerTexts()).toEqual([
      expect.stringContaining('State'),
      expect.stringMatching(/Alarm\s+centflow-local-load-dead-letters\s+Messages wait\s+three of them/),
      expect.stringMatching(/No data\s+centflow-local-load-quiet/),
    ]);
    const letters = getPanel(page, 'Dead letters');
    await letters.getByRole('alert').waitFor();
    await page.unroute('**/api/operations/dead-letters*');
    await letters.getByRole('button', { name: 'Try again' }).click();
    await letters.getByText('0', { exact: true }).waitFor();
    await close();
  });

  test('a killed part of the local stack restarts, and the page shows the reason', async () => {
    const { browser, url, running } = setting();
    const { page, close } = await signInAsOperator(browser, url, 'ada');
    await openOperations(page);
    const spark = getPanel(page, 'Parts of the local stack').getByRole('row').filter({ hasText: 'Spark' });
    await spark.waitFor();
    expect(await spark.getByRole('cell').allInnerTexts()).toEqual(['Spark', 'Running', '0', '–', '–']);

    process.kill(-(await findProcessGroup(running.stack, 'Spark')), 'SIGKILL');
    await expect
      .poll(
        async () => {
          await page.reload();
          await spark.waitFor();
          return spark.getByRole('cell').allInnerTexts();
        },
        { timeout: 120_000, interval: 1_000 },
      )
      .toEqual(['Spark', 'Running', '1', expect.stringContaining('SIGKILL'), expect.any(String)]);
    await close();
  });

  test.each(forms)(
    'the operations page is accessible and fits a window of $width pixels in the $scheme scheme',
    async ({ scheme, width }) => {
      const { browser, url } = setting();
      const options = { colorScheme: scheme, viewport: { width, height: 800 } };
      const { page, close } = await signInAsOperator(browser, url, 'ada', options);
      await page.goto(`${url}/operations`);
      await getPanel(page, 'Job runs').getByRole('row').nth(1).waitFor();
      await page.waitForLoadState('networkidle');
      await expectGoodLooks(page);
      await getPanel(page, 'Sweep').getByRole('button', { name: 'Sweep now' }).click();
      await page.getByRole('dialog').waitFor();
      await expectGoodLooks(page);
      await close();
    },
  );
}

/** Sends the S3 event of a loaded object to the dead-letter queue. */
async function putDeadLetter(stack: RunningStack, objectKey: string): Promise<void> {
  const sqs = new SQSClient(awsOf(configOf(stack)));
  const { deadLetterQueueName: QueueName, region, bucket } = stack.description;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const record = {
    ...{ eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: region, eventTime: new Date().toISOString() },
    eventName: 'ObjectCreated:Put',
    s3: {
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: { key: encodeURIComponent(objectKey).replaceAll('%2F', '/'), size: 1, sequencer: '0' },
    },
  };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ Records: [record] }) }));
  sqs.destroy();
}

/** Returns the process group of a part. */
async function findProcessGroup(stack: RunningStack, part: string): Promise<number> {
  const { parts } = JSON.parse(await readFile(configOf(stack).PARTS_FILE, 'utf8')) as {
    parts: readonly { name: string; pid: number }[];
  };
  const found = parts.find(({ name }) => name === part);
  if (found === undefined) throw new Error(`The stack has no part ${part}.`);
  return found.pid;
}

async function raiseAlarm(stack: RunningStack): Promise<void> {
  const cloudwatch = new CloudWatchClient(awsOf(configOf(stack)));
  const metric = { Namespace: 'AWS/SQS', MetricName: 'x', EvaluationPeriods: 1, Threshold: 1, Period: 60 } as const;
  const rule = { ...metric, Statistic: 'Sum', ComparisonOperator: 'GreaterThanThreshold' } as const;
  const AlarmName = 'centflow-local-load-dead-letters';
  await cloudwatch.send(new PutMetricAlarmCommand({ ...rule, AlarmName, AlarmDescription: 'Messages wait' }));
  await cloudwatch.send(new PutMetricAlarmCommand({ ...rule, AlarmName: 'centflow-local-load-quiet' }));
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'three of them' }));
  cloudwatch.destroy();
}
