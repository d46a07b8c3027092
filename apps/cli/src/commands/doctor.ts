/** `doctor`: checks each part of the local stack and suggests how to fix those that are unhealthy. */
import { statfsSync } from 'node:fs';
import { GetJobRunsCommand } from '@aws-sdk/client-glue';
import { GetFunctionCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { EXIT } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { renderTable } from '@centflow/command-line/table';
import { dataFolder, readToolPaths, runFolder } from '@centflow/local-processes/paths';
import { withTimeout } from '@centflow/local-processes/with-timeout';
import type { Clients } from '@centflow/local-stack/clients';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { NAMES } from '@centflow/local-stack/names';
import { readParts } from '@centflow/local-stack/parts-file';
import { type RunningStack, readEnvironment } from '@centflow/local-stack/running-stack';
import type { Command } from 'commander';
import { probeFlow } from './probe.ts';
import { viewNames } from './report.ts';
import { type JsonOption, withJson, withStack } from './shared.ts';

type Finding = {
  readonly part: string;
  /** `well`: healthy. `look`: usable, but needs attention. `ill`: broken. */
  readonly status: 'well' | 'look' | 'ill';
  readonly finding: string;
  /** What the user should do. Empty if the part is healthy. */
  readonly remedy: string;
};

/** Checks one part. Throws if the part cannot be reached. */
type Check = () => Promise<Omit<Finding, 'part'>>;

const healthy = (finding: string) => ({ status: 'well', finding, remedy: '' }) as const;
const needsAttention = (finding: string, remedy: string) => ({ status: 'look', finding, remedy }) as const;
const broken = (finding: string, remedy: string) => ({ status: 'ill', finding, remedy }) as const;

const MIN_FREE_BYTES = 2 * 2 ** 30;
const PROBE_WITHIN_MS = 120_000;
const CHECK_WITHIN_MS = PROBE_WITHIN_MS + 30_000;
const RESTART = 'stop the stack with Ctrl-C, then restart it: npm start';

export function addDoctor(program: Command): void {
  withJson(program.command('doctor').description('check every part of the local stack and suggest fixes')).action(
    doctor,
  );
}

async function doctor({ json }: JsonOption): Promise<void> {
  const findings = await runChecks({ 'set-up': checkTools, disk: checkDisk, stack: checkRunning });
  if (findings.every(({ status }) => status !== 'ill')) {
    findings.push(...checkSupervised());
    findings.push(...(await withStack((stack, clients) => runChecks(partChecks(stack, clients)))));
  }
  if (json) printJson(findings);
  else print(renderTable(findings));
  if (findings.some(({ status }) => status === 'ill')) process.exitCode = EXIT.differs;
}

async function runChecks(checks: Readonly<Record<string, Check>>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [part, check] of Object.entries(checks)) {
    try {
      findings.push({ part, ...(await withTimeout(check(), CHECK_WITHIN_MS)) });
    } catch (error) {
      findings.push({ part, ...broken((error as Error).message, RESTART) });
    }
  }
  return findings;
}

/** Reports the processes that `npm start` supervises, which restarts processes that end or stop responding. */
function checkSupervised(): Finding[] {
  const parts = readParts(dataFolder)?.parts ?? [];
  return parts.map(({ name, state, restarts, lastTrouble }) => {
    const trouble = lastTrouble === null ? '' : `${lastTrouble.reason} (${lastTrouble.at})`;
    const part = `process of ${name}`;
    if (state === 'ready') {
      return {
        part,
        ...healthy(
          restarts === 0 ? 'running' : `running; restarted ${times(restarts)}, most recently because: ${trouble}`,
        ),
      };
    }
    if (state === 'given up') return { part, ...broken(`cannot be kept alive: ${trouble}`, RESTART) };
    return {
      part,
      ...broken(
        `${state}${trouble === '' ? '' : `: ${trouble}`}`,
        'the part restarts automatically: wait a minute, then run doctor again',
      ),
    };
  });
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

async function checkTools() {
  const { python } = readToolPaths();
  return healthy(`Node ${process.versions.node}, ${python}`);
}

async function checkDisk() {
  const { bavail, bsize } = statfsSync(runFolder);
  const free = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free`;
  return bavail * bsize < MIN_FREE_BYTES
    ? needsAttention(free, `free some disk space, or remove ${runFolder}/cache`)
    : healthy(free);
}

async function checkRunning() {
  try {
    return healthy(`process ${readEnvironment().pid}`);
  } catch (error) {
    return broken((error as Error).message, 'npm start');
  }
}

function partChecks(stack: RunningStack, clients: Clients): Record<string, Check> {
  const { s3, sqs, lambda, glue } = clients;
  return {
    bucket: async () => {
      const bucket = { Bucket: stack.bucket };
      const { Status } = await s3.send(new GetBucketVersioningCommand(bucket));
      if (Status !== 'Enabled')
        return broken('versioning is off, so a correction would overwrite the earlier version', RESTART);
      const { QueueConfigurations = [] } = await s3.send(new GetBucketNotificationConfigurationCommand(bucket));
      return QueueConfigurations.length === 0
        ? broken('the bucket sends no events to the queue', RESTART)
        : healthy('versioning is on, and events are sent to the queue');
    },
    queue: async () => {
      const { waiting, taken } = await queueDepth(sqs, NAMES.queue);
      return healthy(`${waiting} message(s) waiting, ${taken} being processed`);
    },
    'dead-letter queue': async () => {
      const { waiting } = await queueDepth(sqs, NAMES.deadLetterQueue);
      return waiting === 0
        ? healthy('empty')
        : needsAttention(
            `${waiting} message(s) that the trigger could not process`,
            'read logs/aws.log, then: npm run centflow -- redrive',
          );
    },
    trigger: async () => {
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: NAMES.trigger }));
      const { EventSourceMappings = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: NAMES.trigger }),
      );
      if (EventSourceMappings.length !== 1)
        return broken(`${EventSourceMappings.length} queues invoke the trigger instead of 1`, RESTART);
      return healthy(
        `${Configuration?.Runtime}, ${EventSourceMappings[0]?.LastProcessingResult ?? 'no batch processed yet'}`,
      );
    },
    job: async () => {
      const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: NAMES.job }));
      const last = [...JobRuns].sort((a, b) => Number(b.StartedOn) - Number(a.StartedOn))[0];
      if (last === undefined) return healthy('no job run yet');
      const finding = `${JobRuns.length} job run(s), the last one ${last.JobRunState}`;
      return last.JobRunState === 'FAILED'
        ? needsAttention(`${finding}: ${last.ErrorMessage}`, 'read logs/spark.log, then: npm run centflow -- sweep')
        : healthy(finding);
    },
    database: async () =>
      withConnection(stack.databaseUrl, async (reporter) => {
        for (const view of viewNames) await queryRows(reporter, 'SELECT * FROM ?? LIMIT 0', [view]);
        return healthy(`${viewNames.length} report views`);
      }),
    console: async () => {
      // Checks a page, and a request that needs the database.
      for (const url of [stack.consoleUrl, `${stack.consoleUrl}/api/local/owners`]) {
        const { status } = await fetch(url, { signal: AbortSignal.timeout(10_000) });
        if (status !== 200) return broken(`${url} returns status ${status}`, RESTART);
      }
      return healthy(stack.consoleUrl);
    },
    flow: async () => {
      const seconds = await probeFlow(stack, clients, PROBE_WITHIN_MS);
      return healthy(`a test file was loaded into the database in ${seconds.toFixed(1)} s`);
    },
    uploads: async () =>
      withConnection(stack.databaseUrl, async (reporter) => {
        const states = await queryRows<{ state: string; uploads: number }>(
          reporter,
          'SELECT state, count(*) AS uploads FROM v_upload_accounting GROUP BY state ORDER BY state',
        );
        const finding = states.map(({ state, uploads }) => `${uploads} ${state}`).join(', ') || 'none';
        return states.some(({ state }) => state === 'failed')
          ? needsAttention(finding, 'npm run centflow -- uploads --state failed, then: npm run centflow -- sweep')
          : healthy(finding);
      }),
  };
}

async function queueDepth(sqs: SQSClient, name: string): Promise<{ waiting: number; taken: number }> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    taken: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
