/** What the environment's canary Lambda sees in the views: the runner itself may read neither them nor the secrets. */
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { normalised } from './decimal.ts';

/** Numbers of JSON are floats in JavaScript: an amount that comes as one is refused. */
const amount = z.string().transform((text, context) => {
  try {
    return normalised(text);
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
  /** UTC, as MySQL writes it; other times of a test's views may be absent. */
  published_at: z.string().nullable().optional(),
  seconds_to_visible: z.string().nullable().optional(),
});

const observation = z.object({
  /** Of `v_upload_accounting`, in every state. */
  uploads: z.array(upload),
  /** Of `v_monthly_cash_flow`. */
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
  /** Rows of the owner in each view that has owners, but for the accounting, which forgets nothing. */
  rows: z.record(z.string(), count),
});

/** What the views show of one owner. */
export type Observation = z.infer<typeof observation>;
export type ObservedUpload = Observation['uploads'][number];

/** The Lambda failed, or answered something else than what it sees. */
export class ObserverError extends Error {
  override readonly name = 'ObserverError';
}

/**
 * Asks the Lambda once.
 *
 * @throws {ObserverError} it failed, or its answer is not understood.
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
    `The answer of ${functionName} is not understood (${problems.join('; ')}): is it of another release?`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
