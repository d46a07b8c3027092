/** Checks of the flow: an upload is loaded from end to end, and its functions respond. */
import { GetJobRunsCommand, type JobRun } from '@aws-sdk/client-glue';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ACCEPT_OWNER } from '@centflow/infra';
import { runCanary } from '../../canary/canary.ts';
import { type Check, expectThat, SeenError } from '../check.ts';
import type { AcceptContext } from '../context.ts';
import { invoke } from '../invoke.ts';
import type { OwnUpload } from '../own-uploads.ts';

/** Glue takes a minute or two for each of the canary's three steps. */
const CANARY_SECONDS = 900;

export const canary: Check = {
  name: 'canary',
  proves: 'an upload of each feed is loaded with correct sums, can be corrected, and leaves no rows after its deletion',
  ifItFails:
    'find the stage that stopped, from left to right on the CloudWatch dashboard: queue, log of the trigger, Glue job runs, log of the job',
  disruptive: null,
  run: async ({ environment, release, account, say }) => {
    const { s3, lambda } = account;
    const {
      passed,
      problem = '',
      steps,
    } = await runCanary({
      environment,
      release,
      s3,
      lambda,
      deadlineSeconds: CANARY_SECONDS,
      say: (line) => say(`    ${line}`),
    });
    expectThat(passed, problem);
    return `${steps.length} steps`;
  },
};

/** Returns an event of API Gateway's HTTP API without a signed-in user. */
function requestFor(path: string): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'accept' },
    requestContext: {
      domainName: 'accept',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'centflow-accept' },
      requestId: 'accept',
      stage: '$default',
      time: '01/Jan/2025:00:00:00 +0000',
      timeEpoch: 1735689600000,
    },
    isBase64Encoded: false,
  };
}

/** For each function, an event that changes nothing and causes no error, and the expected response. */
export const harmlessEvents: Readonly<
  Record<string, { readonly event: object; readonly answer: RegExp } | 'checked apart'>
> = {
  trigger: { event: { Records: [] }, answer: /"batchItemFailures":\[\]/ },
  // The check `migrator-idempotent` invokes it.
  migrator: 'checked apart',
  canary: { event: { owner: ACCEPT_OWNER }, answer: /"uploads":/ },
  console: { event: requestFor('/api/config'), answer: /"statusCode":200/ },
  operations: { event: requestFor('/api/operations/alarms'), answer: /"statusCode":401/ },
};

export const functionsAnswer: Check = {
  name: 'functions-answer',
  proves: 'each Lambda function is active, starts, and responds to a harmless event',
  ifItFails:
    'read its log group `/aws/lambda/<name>`; if the group is missing, the function cannot start: check its state, role and subnets in the Lambda console',
  disruptive: null,
  run: async (context) => {
    const { account, deployed, names } = context;
    const functions = deployed.all('aws_lambda_function').map(({ function_name }) => String(function_name));
    for (const FunctionName of functions) {
      const purpose = FunctionName.slice(names.prefix.length + 1);
      const {
        State,
        StateReason = '',
        LastUpdateStatus,
      } = await account.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expectThat(State === 'Active' || State === 'Inactive', `${FunctionName} is ${State}: ${StateReason}`);
      expectThat(LastUpdateStatus !== 'Failed', `the last update of ${FunctionName} failed`);
      const harmless = harmlessEvents[purpose];
      if (harmless === undefined) {
        throw new SeenError(`accept knows no harmless event for ${FunctionName}: add one in accept/checks/flow.ts`);
      }
      if (harmless === 'checked apart') continue;
      const text = await invoke(context, FunctionName, harmless.event);
      expectThat(harmless.answer.test(compact(text)), `${FunctionName} answers ${text.slice(0, 300)}`);
    }
    return `${functions.length} functions`;
  },
};

/** Removes the spaces from JSON, because emulators write some. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

export const visibleInSeconds: Check = {
  name: 'visible-in-seconds',
  proves: 'an upload starts a job run, and its rows are visible within the time that the environment promises',
  ifItFails:
    'check the job run in Glue: a slow start is caused by Glue or its network, a slow run by the database; then check `watch.secondsToVisible` in infra/src/environments.ts',
  disruptive: null,
  run: async (context) => {
    const { uploads, environment } = context;
    const upload = await uploads.put('visible');
    try {
      const { published_at, seconds_to_visible } = await uploads.published(upload);
      const run = await findLoadingRun(context, upload);
      const visible = Date.parse(`${String(published_at).slice(0, 23).replace(' ', 'T')}Z`);
      const fromStart = (visible - (run.StartedOn?.getTime() ?? Number.NaN)) / 1000;
      const seconds = Number(seconds_to_visible);
      const { secondsToVisible } = environment.watch;
      expectThat(
        Number.isFinite(fromStart),
        `job run ${run.Id} has no start time, or the upload has no publication time`,
      );
      expectThat(seconds <= secondsToVisible, `${seconds.toFixed(1)} s to visible; ${secondsToVisible} s are promised`);
      const how =
        fromStart > seconds
          ? 'loaded by a job run that was already running'
          : `including ${fromStart.toFixed(1)} s from the start of the job run`;
      return `${seconds.toFixed(1)} s from the upload to visible, ${how}; ${secondsToVisible} s are promised`;
    } finally {
      await uploads.delete(upload);
    }
  },
};

/** Returns the job run whose manifest names the upload, or else one that was running at that time and loaded it (ADR 0023). */
async function findLoadingRun({ account, names, pace }: AcceptContext, { objectKey, at }: OwnUpload): Promise<JobRun> {
  return await pace.until(`a job run with a manifest that names ${objectKey}`, 60, async () => {
    const { JobRuns = [] } = await account.glue.send(new GetJobRunsCommand({ JobName: names.job, MaxResults: 50 }));
    for (const run of JobRuns) {
      const manifest = /^s3:\/\/([^/]+)\/(.+)$/.exec(run.Arguments?.['--manifest'] ?? '');
      // Allow for small clock differences.
      if (manifest === null || (run.StartedOn?.getTime() ?? 0) < at.getTime() - 60_000) continue;
      const { Body } = await account.s3.send(new GetObjectCommand({ Bucket: manifest[1], Key: manifest[2] }));
      if ((await Body?.transformToString())?.includes(objectKey)) return run;
    }
    return JobRuns.find(
      ({ StartedOn, CompletedOn }) => StartedOn !== undefined && StartedOn < at && (CompletedOn ?? at) >= at,
    );
  });
}
