/** Queries the views through the environment's canary Lambda, because the runner can read neither the views nor the secrets. */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { formatDecimal } from '@centflow/preview/decimal';
import * as z from 'zod';
import { SCALE } from './canary-plan.ts';

/** An amount as a string. JSON numbers are rejected, because JavaScript reads them as floats. */
const amount = z.string().transform((text, context) => {
  try {
    return formatDecimal(text, SCALE);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const count = z.int().min(0);

const upload = z.object({
  feed: z.string().nullable(),
  object_key: z.string(),
  version_id: z.string(),
  state: z.string(),
  rows_read: count,
  rows_published: count,
  rows_duplicate: count,
  rows_quarantined: count,
  amount_read: amount,
  amount_published: amount,
  reason: z.string().nullable(),
  /** UTC, in MySQL's format. */
  published_at: z.string().nullable().optional(),
  seconds_to_visible: z.string().nullable().optional(),
});

const observation = z.object({
  /** Rows of `v_upload_accounting`, in every state. */
  uploads: z.array(upload),
  /** Rows of `v_monthly_cash_flow`. */
  cashFlow: z.array(
    z.object({
      month: z.string(),
      currency: z.string(),
      income: amount,
      expense: amount,
      net: amount,
      savings_rate: amount.nullable(),
    }),
  ),
  /** Number of the owner's rows in each view with owners, except the accounting, which keeps all rows. */
  rows: z.record(z.string(), count),
});

/** The content of the views for one owner. */
export type Observation = z.infer<typeof observation>;
export type ObservedUpload = Observation['uploads'][number];

/** Thrown if the Lambda function failed, or its response is not valid. */
export class ObserverError extends Error {
  override readonly name = 'ObserverError';
}

/**
 * Invokes the Lambda function once.
 *
 * @throws {ObserverError} the function failed, or its response is not valid.
 */
export async function observe(
  lambda: LambdaClient,
  { functionName, owner, signal }: { functionName: string; owner: string; signal: AbortSignal },
): Promise<Observation> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify({ owner })) }),
    { abortSignal: signal },
  );
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError !== undefined) throw new ObserverError(`${functionName} failed (${FunctionError}): ${text}`);
  const parsed = observation.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ObserverError(
    `The response of ${functionName} is not valid (${problems.join('; ')}). Was the function deployed from another release?`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
