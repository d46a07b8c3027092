/**
 * Calls every route of the deployed console with the rights of its functions.
 *
 * If a route of apps/console/api/access.ts is not called here, this file does not compile. So every route is called
 * under enforced IAM before it is deployed to AWS.
 */
import assert from 'node:assert/strict';
import { access, type DeployedRoute } from '@centflow/console/access';
import { addressOf, type RouteCall, requestOf } from '@centflow/console/contract/request';
import { PART_BYTES } from '@centflow/console/contract/sends';
import { exampleMapping } from '@centflow/delivery/accept';
import { waitFor } from '@centflow/local-processes/wait-for';
import { type Answer, sendRequest } from './browser.ts';
import type { ApiAnswer, DeployedConsole } from './deployed-console.ts';

type Json = ApiAnswer['json'];

/** Calls routes, and stores values from answers for later calls. */
interface CallContext {
  readonly console: DeployedConsole;
  /** Calls a route as a person who may use it. */
  call(name: DeployedRoute, call?: RouteCall): Promise<Json>;
  /** Sends a request to a presigned URL, as a browser does. */
  send(method: 'GET' | 'PUT', url: string, body?: string): Promise<Answer>;
  multipart: { objectKey: string; multipartId: string };
  parts: { partNumber: number; etag: string }[];
  version: { objectKey: string; versionId: string };
  uploadId: number;
  deleteMarker: string;
  templateEtag: string;
}

interface Step {
  readonly request?: (context: CallContext) => RouteCall | Promise<RouteCall>;
  /** Checks the answer, and stores the values that later calls need. */
  readonly check?: (answer: Json, context: CallContext) => unknown;
}

const OWNER = 'ida';
const FLOW_MS = 60_000;
const CSV =
  'date,merchant,category,account,amount,currency,description\n' +
  '2025-03-04,Cinema,Leisure,Card,11.50,EUR,a good row\n' +
  '2025-02-30,Cinema,Leisure,Card,11.50,EUR,no such day\n';
/** The file is too large for one request, so the console starts a multipart upload. */
const newUpload = (name: string) => ({
  json: { feed: 'expenses', name, bytes: PART_BYTES + 1, contentType: 'text/csv' },
});
const template = { param: { templateId: 'bank' } };
const upload = ({ uploadId }: CallContext) => ({ param: { uploadId: String(uploadId) } });

/** The routes in the order of their calls. */
const steps: Readonly<Record<DeployedRoute, Step>> = {
  getConfig: {},
  getSession: { check: ({ owner }) => assert.equal(owner, OWNER) },

  startSend: {
    request: () => newUpload('april.csv'),
    check: ({ objectKey, multipartId }, context) => {
      context.multipart = { objectKey: String(objectKey), multipartId: String(multipartId) };
    },
  },
  signParts: {
    request: ({ multipart }) => ({ json: { ...multipart, parts: [{ partNumber: 1, bytes: CSV.length }] } }),
    check: async (answer, context) => {
      const [part] = answer.urls as { url: string }[];
      const { headers } = await context.send('PUT', part?.url ?? '', CSV);
      context.parts = [{ partNumber: 1, etag: String(headers.etag) }];
    },
  },
  listParts: {
    request: ({ multipart }) => ({ query: multipart }),
    check: ({ parts }, context) => assert.partialDeepStrictEqual(parts, context.parts),
  },
  completeSend: {
    request: ({ multipart, parts }) => ({ json: { ...multipart, parts } }),
    check: async ({ versionId }, context) => {
      context.version = { objectKey: context.multipart.objectKey, versionId: String(versionId) };
      context.uploadId = await waitFor(async () => {
        const { stage, upload } = await context.call('getUploadOfVersion', { query: context.version });
        return stage === 'published' ? (upload as { uploadId: number }).uploadId : undefined;
      }, FLOW_MS);
    },
  },
  abortSend: {
    request: async ({ call }) => {
      const { objectKey, multipartId } = await call('startSend', newUpload('never.csv'));
      return { query: { objectKey: String(objectKey), multipartId: String(multipartId) } };
    },
  },

  listUploads: { check: ({ uploads }) => assert.equal((uploads as unknown[]).length, 1) },
  getUploadOfVersion: { request: ({ version }) => ({ query: version }) },
  getUpload: { request: upload },
  listQuarantinedRows: {
    request: upload,
    check: ({ rows }) => assert.equal((rows as unknown[]).length, 1),
  },
  searchTransactions: { check: ({ transactions }) => assert.equal((transactions as unknown[]).length, 1) },
  getVisual: { request: () => ({ param: { visualId: 'spending-by-category' } }) },
  getChoices: {},
  findOverlap: {
    request: () => ({
      json: {
        ...{ feed: 'expenses', fingerprints: Buffer.alloc(16).toString('base64'), hasTransactionIds: false },
        ...{ firstDate: '2025-03-01', lastDate: '2025-03-31' },
      },
    }),
  },

  listObjects: { check: ({ objects }) => assert.equal((objects as unknown[]).length, 1) },
  listVersions: { request: ({ version: { objectKey } }) => ({ query: { objectKey } }) },
  getContent: {
    request: ({ version }) => ({ query: version }),
    check: async ({ url }, context) => assert.equal((await context.send('GET', String(url))).text, CSV),
  },
  removeObject: {
    request: ({ version: { objectKey, versionId } }) => ({ json: { objectKey, newestVersionId: versionId } }),
    check: ({ versionId }, context) => {
      context.deleteMarker = String(versionId);
    },
  },
  restoreVersion: {
    request: ({ version, deleteMarker }) => ({ json: { ...version, newestVersionId: deleteMarker } }),
    check: async ({ versionId }, context) => {
      const query = { objectKey: context.version.objectKey, versionId: String(versionId) };
      const stageOf = async () => (await context.call('getUploadOfVersion', { query })).stage;
      await waitFor(async () => ((await stageOf()) === 'published' ? true : undefined), FLOW_MS);
    },
  },

  putTemplate: {
    request: () => ({
      ...template,
      json: { template: { name: 'Bank', mapping: exampleMapping } },
      headers: { 'if-none-match': '*' },
    }),
    check: ({ etag }, context) => {
      context.templateEtag = String(etag);
    },
  },
  listTemplates: {
    check: ({ templates }) =>
      assert.partialDeepStrictEqual(templates, [{ templateId: 'bank', template: { name: 'Bank' } }]),
  },
  deleteTemplate: { request: ({ templateEtag }) => ({ ...template, headers: { 'if-match': templateEtag } }) },

  listPipelineUploads: {},
  getLatency: {},
  listJobRuns: {},
  countDeadLetters: {},
  listAlarms: {},
  redrive: { request: () => ({ json: {} }) },
  sweep: {
    request: async (context) => {
      const isIdle = async () => (await jobRuns(context)).every(({ endedAt }) => endedAt !== null);
      await waitFor(async () => ((await isIdle()) ? true : undefined), FLOW_MS);
      return { json: {} };
    },
    check: async ({ jobRunId }, context) => {
      const state = await waitFor(async () => {
        const run = (await jobRuns(context)).find((found) => found.jobRunId === jobRunId);
        return run !== undefined && run.endedAt !== null ? run.state : undefined;
      }, FLOW_MS);
      assert.equal(state, 'SUCCEEDED');
    },
  },
};

interface JobRun {
  readonly jobRunId: string;
  readonly state: string;
  readonly endedAt: string | null;
}

async function jobRuns(context: CallContext): Promise<readonly JobRun[]> {
  return (await context.call('listJobRuns')).runs as JobRun[];
}

/**
 * Calls every route of the deployed console at least once. Each call must succeed.
 *
 * @returns the number of routes
 */
export async function everyRouteAnswers(console: DeployedConsole): Promise<number> {
  const owner = await console.token({ email: `${OWNER}@example.com`, owner: OWNER });
  const operator = await console.token({ email: 'routes@example.com', operator: true });
  const tokens = { public: undefined, person: owner, owner, operator };
  const context: CallContext = {
    console,
    async call(name, call = {}) {
      const token = tokens[access[name]];
      const request = { ...requestOf(name, call), ...(token === undefined ? {} : { token }) };
      const { status, json } = await console.api(addressOf(name, call), request);
      assert.equal(status, 200, `${name}: ${JSON.stringify(json)}`);
      return json;
    },
    async send(method, url, body) {
      const { host, pathname, search } = new URL(url);
      const headers =
        body === undefined ? {} : { headers: { 'content-length': String(Buffer.byteLength(body)) }, body };
      const answer = await sendRequest(console.account, host, `${pathname}${search}`, { method, ...headers });
      assert.equal(answer.status, 200, answer.text);
      return answer;
    },
    multipart: { objectKey: '', multipartId: '' },
    parts: [],
    version: { objectKey: '', versionId: '' },
    uploadId: 0,
    deleteMarker: '',
    templateEtag: '',
  };
  for (const [name, { request, check }] of Object.entries(steps) as [DeployedRoute, Step][]) {
    await check?.(await context.call(name, await request?.(context)), context);
  }
  return Object.keys(steps).length;
}
