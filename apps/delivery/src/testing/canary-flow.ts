/**
 * An in-memory flow from the bucket to the views, for canary tests. Fakes S3 and the Lambda function that reads the
 * views.
 */
import { type InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CANARY_OWNER } from '@centflow/infra';
import type { CanaryPlan } from '../canary/canary-plan.ts';

/** A row of `v_upload_accounting`, as the Lambda function returns it. */
export interface FlowUpload {
  feed: string;
  object_key: string;
  version_id: string;
  state: string;
  rows_read: number;
  rows_published: number;
  rows_duplicate: number;
  rows_quarantined: number;
  amount_read: string;
  amount_published: string;
  reason: string | null;
}

/** Faults that a test injects into the flow. */
export interface Faults {
  /** Changes an upload before it appears in the views. If the result is undefined, the upload never appears. */
  upload?: (upload: FlowUpload) => FlowUpload | undefined;
  /** Whether the flow ignores corrections. */
  correctionsLost?: boolean;
  /** Whether the flow ignores deletions. */
  deletionsLost?: boolean;
  /** Replaces an answer of the Lambda function. The first invocation is number 1. */
  answer?: (question: number) => { FunctionError?: string; Payload: string } | LambdaServiceException | undefined;
  /** Returns the error with which S3 refuses to store the object. */
  put?: (key: string) => Error | undefined;
  delete?: (key: string) => Error | undefined;
}

export class CanaryFlow {
  /** The current objects in the bucket, by key. */
  readonly objects = new Map<string, string>();
  readonly uploads: FlowUpload[] = [];
  readonly deleted: string[] = [];
  readonly put: string[] = [];
  questions = 0;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly #plan: CanaryPlan;
  readonly #faults: Faults;
  #versions = 0;

  constructor(plan: CanaryPlan, faults: Faults = {}) {
    this.#plan = plan;
    this.#faults = faults;
    // The SDK's paginators accept only an instance of the SDK's client class, so the fakes are such instances.
    this.s3 = Object.assign(new S3Client({ region: 'eu-west-1' }), { send: (command: unknown) => this.#s3(command) });
    this.lambda = Object.assign(new LambdaClient({ region: 'eu-west-1' }), {
      send: (command: InvokeCommand) => this.#lambda(command),
    });
  }

  /** Sets up an object that exists in the bucket and in the views before the canary starts. */
  leave(objectKey: string, csv: string): void {
    this.#store(objectKey, csv);
  }

  async #s3(command: unknown): Promise<object> {
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body } = command.input;
      const refusal = this.#faults.put?.(Key);
      if (refusal !== undefined) throw refusal;
      this.put.push(Key);
      return { VersionId: this.#store(Key, String(Body)) };
    }
    if (command instanceof DeleteObjectCommand) {
      const { Key = '' } = command.input;
      const refusal = this.#faults.delete?.(Key);
      if (refusal !== undefined) throw refusal;
      this.deleted.push(Key);
      this.objects.delete(Key);
      if (!this.#faults.deletionsLost) this.#retire(Key, 'retired');
      return {};
    }
    if (command instanceof ListObjectsV2Command) return this.#list(command.input);
    throw new TypeError('This S3 knows nothing else.');
  }

  #list({ Prefix = '', Delimiter }: ListObjectsV2CommandInput): object {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix));
    if (Delimiter === undefined) return { Contents: keys.map((Key) => ({ Key })) };
    const prefixes = keys.map((key) => key.slice(0, key.indexOf(Delimiter, Prefix.length) + 1));
    return { CommonPrefixes: [...new Set(prefixes)].map((prefix) => ({ Prefix: prefix })) };
  }

  #store(objectKey: string, csv: string): string {
    const isCorrection = this.objects.has(objectKey);
    this.#versions += 1;
    const version = `version-${this.#versions}`;
    this.objects.set(objectKey, csv);
    if (isCorrection && this.#faults.correctionsLost) return version;
    this.#retire(objectKey, 'superseded');
    const feed = objectKey.split('/')[1] ?? '';
    const file = this.#planned(feed, csv) ?? { rows: 1, amount: '1.0000' };
    const upload: FlowUpload = {
      feed,
      object_key: objectKey,
      version_id: version,
      state: 'published',
      rows_read: file.rows,
      rows_published: file.rows,
      rows_duplicate: 0,
      rows_quarantined: 0,
      amount_read: file.amount,
      amount_published: file.amount,
      reason: null,
    };
    const seen = this.#faults.upload === undefined ? upload : this.#faults.upload(upload);
    if (seen !== undefined) this.uploads.push(seen);
    return version;
  }

  #planned(feed: string, csv: string) {
    const planned = this.#plan.feeds.find((candidate) => candidate.feed === feed);
    return [planned?.first, planned?.correction].find((file) => file?.csv === csv);
  }

  #retire(objectKey: string, state: string): void {
    for (const upload of this.uploads) {
      if (upload.object_key === objectKey && upload.state === 'published') upload.state = state;
    }
  }

  async #lambda({ input }: InvokeCommand): Promise<object> {
    const { owner } = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString('utf8')) as { owner: string };
    if (input.FunctionName !== 'centflow-dev-canary' || owner !== CANARY_OWNER) throw new TypeError('Nobody is asked.');
    this.questions += 1;
    const instead = this.#faults.answer?.(this.questions);
    if (instead instanceof LambdaServiceException) throw instead;
    if (instead !== undefined) return { ...instead, Payload: Buffer.from(instead.Payload) };
    return { StatusCode: 200, Payload: Buffer.from(JSON.stringify(this.#see())) };
  }

  #see(): object {
    const live = this.uploads.filter(({ state }) => state === 'published');
    const corrected = live.filter(({ object_key }) =>
      this.#plan.feeds.some(({ correction }) => correction.csv === this.objects.get(object_key)),
    );
    const months = corrected.length > 0 ? this.#plan.cashFlow.correction : this.#plan.cashFlow.first;
    const cashFlow = live.length === 0 ? [] : months.map((month) => ({ owner: CANARY_OWNER, ...month }));
    const rows = live.reduce((sum, { rows_published }) => sum + rows_published, 0);
    return { uploads: this.uploads, cashFlow, rows: { v_transactions: rows, v_monthly_cash_flow: cashFlow.length } };
  }
}
