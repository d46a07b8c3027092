import {
  ConcurrentRunsExceededException,
  GlueServiceException,
  OperationTimeoutException,
  ResourceNumberLimitExceededException,
  StartJobRunCommand,
  type StartJobRunCommandOutput,
} from '@aws-sdk/client-glue';
import { isThrottlingError } from '@smithy/core/retry';
import pRetry from 'p-retry';

/** The part of `GlueClient` that is used here. */
export interface JobRunStarter {
  send(command: StartJobRunCommand, options: { abortSignal: AbortSignal }): Promise<StartJobRunCommandOutput>;
}

/** A request to start a job run, and its time limit. */
export interface JobRunRequest {
  readonly jobName: string;
  /** Writes the run's manifest and returns its URI. Called at most once, before the first request to Glue. */
  readonly writeManifest: () => Promise<string>;
  /** The folder in which the run looks for further manifests. */
  readonly waitingFolder: string;
  /** The maximum time to wait for a free slot, in milliseconds. Zero means a single request to Glue. */
  readonly waitMs: number;
  /**
   * Offers the keys to the running job runs, and returns whether one has taken them. Called while Glue has no free
   * slot.
   */
  readonly isTaken: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** The outcome: a job run was started, a running job run has taken the keys, or Glue has no free slot. */
export type JobRunStart =
  | { readonly outcome: 'started'; readonly jobRunId: string }
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'busy'; readonly reason: string };

/** Thrown if Glue rejected the request and a retry will not help. No job run was started. */
export class JobRunRefusedError extends Error {
  override readonly name = 'JobRunRefusedError';
}

/** Thrown if it is unknown whether Glue started the job: the request timed out, or Glue failed while processing it. */
export class JobRunUncertainError extends Error {
  override readonly name = 'JobRunUncertainError';
}

/**
 * The minimum wait between two requests for a job run.
 *
 * The actual wait is random and up to twice as long, so that several Lambdas do not send requests at the same time. The
 * wait
 * does not grow, because a slot becomes free whenever a job run ends. The SDK adds a backoff if Glue throttles it.
 */
const MIN_REQUEST_INTERVAL_MS = 1000;
/** The minimum wait between two checks whether a run has taken the keys. A run looks for keys four to ten times a second. */
const TAKEN_CHECK_INTERVAL_MS = 100;
/**
 * The wait before the first request to Glue, if Glue had no free slot for the previous batch. During this wait, a
 * running
 * job run takes the keys in most cases.
 */
const OFFER_FIRST_MS = 500;

/** Thrown when a running job run has taken the keys, to end the attempts to start another run. */
class TakenError extends Error {}

/** Thrown if Glue has no free slot. */
class BusyError extends Error {}

/**
 * Creates the function that starts one job run for a manifest, or hands the keys of the manifest to a running job run.
 *
 * The function waits for at most `waitMs`. It remembers from one batch to the next that Glue had no free slot. It
 * throws
 * {@link JobRunRefusedError} if Glue rejects the request although it has a free slot, {@link JobRunUncertainError} if
 * the
 * response is unclear, and any error of `writeManifest`.
 */
export function createStartJobRun(glue: JobRunStarter): (request: JobRunRequest) => Promise<JobRunStart> {
  let busy = new BusyError();
  let busyUntil = Number.NEGATIVE_INFINITY;
  return async (request) => {
    const mayOffer = request.waitMs > 0;
    const attempts = {
      retries: mayOffer ? Number.POSITIVE_INFINITY : 0,
      maxRetryTime: request.waitMs,
      minTimeout: TAKEN_CHECK_INTERVAL_MS,
      factor: 1,
      randomize: true,
      shouldRetry: ({ error }: { error: Error }) => error instanceof BusyError,
    };
    let manifestUri: string | undefined;
    let requestAt = Math.min(busyUntil, performance.now() + (mayOffer ? OFFER_FIRST_MS : 0));
    /** Checks whether a running job run has taken the keys. At longer intervals, it also requests a new job run. */
    const attempt = async () => {
      if (performance.now() >= requestAt) {
        manifestUri ??= await request.writeManifest();
        try {
          return await requestJobRun(glue, request, manifestUri);
        } catch (error) {
          if (!(error instanceof BusyError)) throw error;
          busy = error;
          busyUntil = requestAt = performance.now() + MIN_REQUEST_INTERVAL_MS * (1 + Math.random());
        }
      }
      if (mayOffer && (await request.isTaken())) throw new TakenError();
      throw busy;
    };
    try {
      return { outcome: 'started', jobRunId: await pRetry(attempt, attempts) };
    } catch (error) {
      if (error instanceof TakenError) return { outcome: 'taken' };
      if (error instanceof BusyError) return { outcome: 'busy', reason: error.message };
      throw error;
    }
  };
}

async function requestJobRun(
  glue: JobRunStarter,
  { jobName, waitingFolder, signal }: JobRunRequest,
  manifestUri: string,
): Promise<string> {
  const command = new StartJobRunCommand({
    JobName: jobName,
    Arguments: { '--keys-from': 'manifest', '--manifest': manifestUri, '--waiting-manifests': waitingFolder },
    // The job's own setting lets Glue queue the runs of the sweep. The trigger's runs wait in SQS instead (ADR 0009).
    JobRunQueuingEnabled: false,
  });
  try {
    const { JobRunId } = await glue.send(command, { abortSignal: signal });
    if (JobRunId === undefined) {
      throw new Error('the response has no JobRunId');
    }
    return JobRunId;
  } catch (error) {
    if (isBusy(error)) throw new BusyError(error.name);
    throw isRefusal(error)
      ? refusedError(jobName, error)
      : uncertainError(jobName, signal.aborted ? signal.reason : error);
  }
}

type SdkError = Parameters<typeof isThrottlingError>[0];

/**
 * Returns whether the error means that Glue has no free slot.
 *
 * The job's own limit (MaxConcurrentRuns) causes `ConcurrentRunsExceededException`. The account's quota of job runs or DPUs
 * causes `ResourceNumberLimitExceededException`. Too many requests cause a throttling error, which the model of
 * StartJobRun does not list.
 */
function isBusy(error: unknown): error is Error {
  return (
    error instanceof ConcurrentRunsExceededException ||
    error instanceof ResourceNumberLimitExceededException ||
    (error instanceof Error && isThrottlingError(error as SdkError))
  );
}

/** Returns whether Glue rejected the request. After a timeout, including a timeout in Glue, the outcome is unknown. */
function isRefusal(error: unknown): error is GlueServiceException {
  return (
    error instanceof GlueServiceException && error.$fault === 'client' && !(error instanceof OperationTimeoutException)
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  AccessDeniedException: "Allow glue:StartJobRun on the job in the trigger's role.",
  EntityNotFoundException: 'Check GLUE_JOB_NAME, and that the job is deployed in this region.',
  InvalidInputException:
    'Check that the job accepts the arguments of the trigger: --keys-from, --manifest and --waiting-manifests.',
};

function refusedError(jobName: string, cause: GlueServiceException): JobRunRefusedError {
  const remedy = REMEDIES[cause.name] ?? 'Nothing is lost: the messages return to the queue.';
  return new JobRunRefusedError(`Glue refuses to start job ${jobName}: ${cause.name}: ${cause.message}. ${remedy}`, {
    cause,
  });
}

function uncertainError(jobName: string, cause: unknown): JobRunUncertainError {
  return new JobRunUncertainError(
    `Glue did not confirm that job ${jobName} started: ${cause}. A job run may have started. ` +
      'The messages return to the queue. Reconciling a key twice does no harm.',
    { cause },
  );
}
