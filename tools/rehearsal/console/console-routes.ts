/**
 * A call of every route that the deployed console answers, with the rights that its functions have.
 *
 * A route of apps/console/api/access.ts without a call here does not compile. So no route reaches AWS before the rehearsal has
 * called it under enforced IAM.
 */
import assert from 'node:assert/strict';
import { access, type DeployedRoute } from '@centflow/console/access';
import { addressOf, type RouteCall, requestOf } from '@centflow/console/contract/request';
import { PART_BYTES } from '@centflow/console/contract/sends';
import { exampleMapping } from '@centflow/delivery/accept';
import { waitFor } from '@centflow/local-processes/wait-for';
import { type Answer, ask } from './browser.ts';
import type { ApiAnswer, DeployedConsole } from './deployed-console.ts';

type Json = ApiAnswer['json'];

/** What earlier calls have returned, for later ones. */
interface Play {
  readonly console: DeployedConsole;
  /** Calls a route as somebody who may. */
  call(name: DeployedRoute, call?: RouteCall): Promise<Json>;
  /** Sends a request that the API has signed, as a browser does. */
  send(method: 'GET' | 'PUT', url: string, body?: string): Promise<Answer>;
  multipart: { objectKey: string; multipartId: string };
  parts: { partNumber: number; etag: string }[];
  version: { objectKey: string; versionId: string };
  uploadId: number;
  deleteMarker: string;
  templateEtag: string;
}

interface Step {
  readonly request?: (play: Play) => RouteCall | Promise<RouteCall>;
  /** Checks the answer, and keeps what later calls need. */
  readonly check?: (answer: Json, play: Play) => unknown;
}

const OWNER = 'ida';
const FLOW_MS = 60_000;
const CSV =
  'date,merchant,category,account,amount,currency,description\n' +
  '2025-03-04,Cinema,Leisure,Card,11.50,EUR,a good row\n' +
  '2025-02-30,Cinema,Leisure,Card,11.50,EUR,no such day\n';
/** More than one request sends, so that S3 is asked to take it in parts. */
const newUpload = (name: string) => ({
  json: { feed: 'expenses', name, bytes: PART_BYTES + 1, contentType: 'text/csv' },
});
const template = { param: { templateId: 'bank' } };
const upload = ({ uploadId }: Play) => ({ param: { uploadId: String(uploadId) } });

/** In the order of their calls. */
const steps: Readonly<Record<DeployedRoute, Step>> = {
  getConfig: {},
  getSession: { check: ({ owner }) => assert.equal(owner, OWNER) },

  startSend: {
    request: () => newUpload('april.csv'),
    check: ({ objectKey, multipartId }, play) => {
      play.multipart = { objectKey: String(objectKey), multipartId: String(multipartId) };
    },
  },
  signParts: {
    request: ({ multipart }) => ({ json: { ...multipart, parts: [{ partNumber: 1, bytes: CSV.length }] } }),
    check: async (answer, play) => {
      const [part] = answer.urls as { url: string }[];
      const { headers } = await play.send('PUT', part?.url ?? '', CSV);
      play.parts = [{ partNumber: 1, etag: String(headers.etag) }];
    },
  },
  listParts: {
    request: ({ multipart }) => ({ query: multipart }),
    check: ({ parts }, play) => assert.partialDeepStrictEqual(parts, play.parts),
  },
  completeSend: {
    request: ({ multipart, parts }) => ({ json: { ...multipart, parts } }),
    check: async ({ versionId }, play) => {
      play.version = { objectKey: play.multipart.objectKey, versionId: String(versionId) };
      play.uploadId = await waitFor(async () => {
        const { stage, upload } = await play.call('getUploadOfVersion', { query: play.version });
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
    check: async ({ url }, play) => assert.equal((await play.send('GET', String(url))).text, CSV),
  },
  removeObject: {
    request: ({ version: { objectKey, versionId } }) => ({ json: { objectKey, newestVersionId: versionId } }),
    check: ({ versionId }, play) => {
      play.deleteMarker = String(versionId);
    },
  },
  restoreVersion: {
    request: ({ version, deleteMarker }) => ({ json: { ...version, newestVersionId: deleteMarker } }),
    check: async ({ versionId }, play) => {
      const query = { objectKey: play.version.objectKey, versionId: String(versionId) };
      const stageOf = async () => (await play.call('getUploadOfVersion', { query })).stage;
      await waitFor(async () => ((await stageOf()) === 'published' ? true : undefined), FLOW_MS);
    },
  },

  putTemplate: {
    request: () => ({
      ...template,
      json: { template: { name: 'Bank', mapping: exampleMapping } },
      headers: { 'if-none-match': '*' },
    }),
    check: ({ etag }, play) => {
      play.templateEtag = String(etag);
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
    request: async (play) => {
      const isIdle = async () => (await jobRuns(play)).every(({ endedAt }) => endedAt !== null);
      await waitFor(async () => ((await isIdle()) ? true : undefined), FLOW_MS);
      return { json: {} };
    },
    check: async ({ jobRunId }, play) => {
      const state = await waitFor(async () => {
        const run = (await jobRuns(play)).find((found) => found.jobRunId === jobRunId);
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

async function jobRuns(play: Play): Promise<readonly JobRun[]> {
  return (await play.call('listJobRuns')).runs as JobRun[];
}

/**
 * Calls every route of the deployed console once or more; each must succeed.
 *
 * @returns how many routes there are
 */
export async function everyRouteAnswers(console: DeployedConsole): Promise<number> {
  const owner = await console.token({ email: `${OWNER}@example.com`, owner: OWNER });
  const operator = await console.token({ email: 'routes@example.com', operator: true });
  const tokens = { public: undefined, person: owner, owner, operator };
  const play: Play = {
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
      const answer = await ask(console.account, host, `${pathname}${search}`, { method, ...headers });
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
    await check?.(await play.call(name, await request?.(play)), play);
  }
  return Object.keys(steps).length;
}
