/** Checks of the console: its pages, its access control, every route of its API, and the upload URLs that it signs. */
import { randomBytes } from 'node:crypto';
import type { DeployedRoute } from '@centflow/console/access';
import type { RouteCall } from '@centflow/console/contract/request';
import { ACCEPT_OWNER, type Environment } from '@centflow/infra';
import { dashboards } from '@centflow/reports';
import { type Check, expectThat, SeenError } from '../check.ts';
import { Console, changes, routesFor } from '../console.ts';
import type { AcceptContext } from '../context.ts';
import { ONE_EXPENSE } from '../own-uploads.ts';
import type { WebAnswer } from '../web.ts';
import { idle } from './job.ts';

const VISIBLE_SECONDS = 600;
const CSV = { feed: 'expenses', contentType: 'text/csv' } as const;
/** A size in bytes above the limit for a single request, so that the console signs the file in parts. */
const MANY_BYTES = 9 * 2 ** 20;

const absent = ({ console }: Environment) =>
  console === null ? 'the environment has no console (`console` is null)' : undefined;
const READ_LOG =
  'read the log of `<prefix>-console` or `<prefix>-operations` and the access log of the API. Both logs contain the request id';

/** An example of a mapping as the console stores it. */
export const exampleMapping = {
  version: 1,
  encoding: 'utf-8',
  delimiter: ';',
  headerRow: 1,
  header: ['Date', 'Amount'],
  decimal: ',',
  dateOrder: 'dmy',
  money: { kind: 'signed', column: 'Amount', spentIs: 'negative' },
  cells: { date: { column: 'Date' }, currency: { constant: 'EUR' } },
} as const;

interface Signed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly objectKey: string;
}

export const pages: Check = {
  name: 'console-pages',
  proves: 'CloudFront serves the pages with security headers, and serves the same page for every path',
  ifItFails:
    'check the distribution in CloudFront: its origin, the bucket’s policy and the function that rewrites paths',
  disruptive: null,
  absent,
  run: async ({ deployed, web }) => {
    const origin = deployed.output('console', 'console_url');
    const [page, deep] = [await web(`${origin}/`), await web(`${origin}/uploads/17`)];
    expectThat(page.status === 200 && /<!doctype html>/i.test(page.text), `${origin}/ answers ${page.status}`);
    expectThat(deep.text === page.text, `${origin}/uploads/17 answers ${deep.status} with another page`);
    const policy = page.headers['content-security-policy'] ?? '';
    expectThat(policy.startsWith("default-src 'none'"), `the content security policy is "${policy}"`);
    const transport = page.headers['strict-transport-security'] ?? '';
    expectThat(/max-age=\d{7,}/.test(transport), `Strict-Transport-Security is "${transport}"`);
    return origin;
  },
};

export const strangers: Check = {
  name: 'console-strangers',
  proves: 'every route of the API except the public ones refuses requests without a token or with an unsigned token',
  ifItFails: 'compare the routes of the API and their authorizer with infra/src/stacks/console/console-api.ts',
  disruptive: null,
  absent,
  run: async ({ deployed, web }) => {
    const origin = deployed.output('console', 'console_url');
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const own = [{ alg: 'none' }, { sub: 'x', 'custom:owner': ACCEPT_OWNER, token_use: 'id' }].map(encode);
    const routes = routesFor('person', 'owner', 'operator');
    for (const token of [undefined, `${own.join('.')}.`]) {
      const stranger = new Console(origin, web, token);
      for (const name of routes) {
        const { status } = await stranger.ask(name, { param: { uploadId: '1', visualId: 'x', templateId: 'x' } });
        expectThat(status === 401, `${name} answers ${status} to a request without a valid token`);
      }
    }
    return `${routes.length} routes`;
  },
};

export const ownersRoutes: Check = {
  name: 'console-owner-routes',
  proves:
    'after a real sign-in, each route for owners answers as its contract specifies, from an upload to its deletion',
  ifItFails: READ_LOG,
  disruptive: null,
  absent,
  run: async (context) => {
    const called = new Set<DeployedRoute>();
    const console = await context.console();
    const call: Call = (name, given) => {
      called.add(name);
      return console.call(name, given);
    };
    await ownersTour(context, call);
    refuseMissed(routesFor('public', 'person', 'owner'), called);
    return `${called.size} routes`;
  },
};

export const operatorsRoutes: Check = {
  name: 'console-operator-routes',
  proves: 'after a real sign-in, each read-only route for operators answers as its contract specifies',
  ifItFails: READ_LOG,
  disruptive: null,
  absent,
  run: async (context) => {
    const console = await context.console();
    const reading = routesFor('operator').filter((name) => !changes(name));
    for (const name of reading) await console.call(name);
    return reading.join(', ');
  },
};

export const operatorsActions: Check = {
  name: 'console-operator-actions',
  proves: 'after a real sign-in, an operator can redrive dead letters and start a sweep',
  ifItFails: READ_LOG,
  disruptive: 'redrives all dead letters and starts a sweep, as the operator’s page of the console does',
  absent,
  run: async (context) => {
    const console = await context.console();
    const changing = routesFor('operator').filter(changes);
    // The console answers 409 to the request for a sweep if Glue has no free slot.
    await idle(context);
    for (const name of changing) await console.call(name, { json: {} });
    return changing.join(', ');
  },
};

export const signedUpload: Check = {
  name: 'signed-upload',
  proves: 'a signed upload URL of the console accepts its file, and refuses another size, type or object key',
  ifItFails:
    'compare the response of S3 with apps/console/api/sends.ts. Size and type must be signed headers, and the role of the console must allow writes to owners’ objects only',
  disruptive: null,
  absent,
  run: async (context) => {
    const console = await context.console();
    const { web } = context;
    const name = `signed-${randomBytes(6).toString('hex')}.csv`;
    const send = { ...CSV, name, bytes: Buffer.byteLength(ONE_EXPENSE) };
    const { url, headers, objectKey } = await console.call<Signed>('startSend', { json: send });
    const elsewhere = new URL(url);
    elsewhere.pathname = elsewhere.pathname.replace(name, `other-${name}`);
    const refused: [string, string, Record<string, string>, string][] = [
      ['another size', url, headers, `${ONE_EXPENSE}\n`],
      ['another type', url, { ...headers, 'content-type': 'text/html' }, ONE_EXPENSE],
      ['another object key', elsewhere.href, headers, ONE_EXPENSE],
    ];
    for (const [what, to, withHeaders, body] of refused) {
      const { status } = await web(to, { method: 'PUT', headers: withHeaders, body });
      expectThat(status === 403, `S3 answers ${status} to ${what}`);
    }
    const before = await console.ask('listVersions', { query: { objectKey } });
    expectThat(
      before.status === 404,
      `${objectKey} exists although S3 refused all three uploads (status ${before.status})`,
    );
    const taken = await web(url, { method: 'PUT', headers, body: ONE_EXPENSE });
    expectThat(
      taken.status === 200,
      `S3 refuses the file for which the URL was signed: ${taken.status} ${taken.text.slice(0, 300)}`,
    );
    await context.uploads.delete({ objectKey });
    return `${refused.map(([what]) => what).join(', ')} refused`;
  },
};

type Call = <Answer = Readonly<Record<string, unknown>>>(name: DeployedRoute, call?: RouteCall) => Promise<Answer>;

/** Calls every route that an owner may use. */
async function ownersTour(context: AcceptContext, call: Call): Promise<void> {
  await call('getConfig');
  const session = await call<{ owner: string | null; operator: boolean }>('getSession');
  if (session.owner !== ACCEPT_OWNER || !session.operator) {
    throw new SeenError(
      `the user has the owner ${session.owner} and is ${session.operator ? 'an' : 'not an'} operator. Set the user’s custom:owner to ${ACCEPT_OWNER} and add the user to the group operators (docs/runbook.md, "The console: accounts"), because accept must not write the data of another owner`,
    );
  }
  await uploadAndUndo(context, call);
  await sendParts(context, call);
  await keepTemplate(call);
  await call('getChoices');
  for (const { visuals } of dashboards) {
    for (const { visual } of visuals) await call('getVisual', { param: { visualId: visual.id } });
  }
}

async function uploadAndUndo({ pace, web, uploads }: AcceptContext, call: Call): Promise<void> {
  const name = `console-${randomBytes(6).toString('hex')}.csv`;
  const json = { ...CSV, name, bytes: Buffer.byteLength(ONE_EXPENSE) };
  const { url, headers, objectKey } = await call<Signed>('startSend', { json });
  try {
    const put = await web(url, { method: 'PUT', headers, body: ONE_EXPENSE });
    const versionId = versionOf(put);
    const version = { objectKey, versionId };
    const uploadId = await pace.until(`${objectKey} is published in the console`, VISIBLE_SECONDS, async () => {
      const seen = await call<Followed>('getUploadOfVersion', { query: version });
      if (seen.stage === 'rejected') throw new SeenError(`${objectKey} was rejected: ${seen.upload?.reason}`);
      return seen.stage === 'published' ? seen.upload?.uploadId : undefined;
    });
    const param = { uploadId: String(uploadId) };
    await call('listUploads');
    await call('getUpload', { param });
    await call('listQuarantinedRows', { param });
    await call('listObjects');
    await call('listVersions', { query: { objectKey } });
    const content = await call<{ url: string }>('getContent', { query: version });
    const read = await web(content.url);
    expectThat(
      read.status === 200 && read.text === ONE_EXPENSE,
      `the signed URL of the content answers ${read.status}`,
    );
    await call('findOverlap', {
      json: {
        feed: CSV.feed,
        fingerprints: Buffer.alloc(16).toString('base64'),
        firstDate: '2025-01-01',
        lastDate: '2025-12-31',
        hasTransactionIds: false,
      },
    });
    const { transactions } = await call<{ transactions: unknown[] }>('searchTransactions', { query: { q: 'Bakery' } });
    expectThat(transactions.length > 0, 'the search does not find the upload’s payment');
    const removed = await call<Made>('removeObject', { json: { objectKey, newestVersionId: versionId } });
    await call('restoreVersion', { json: { objectKey, versionId, newestVersionId: removed.versionId } });
  } finally {
    await uploads.delete({ objectKey });
  }
}

interface Followed {
  readonly stage: string;
  readonly upload?: { readonly uploadId: number; readonly reason: string | null };
}
interface Made {
  readonly versionId: string;
}

/** Sends two files in parts: completes one and aborts the other. */
async function sendParts({ web, uploads }: AcceptContext, call: Call): Promise<void> {
  const start = async (purpose: string) => {
    const json = { ...CSV, name: `${purpose}-${randomBytes(6).toString('hex')}.csv`, bytes: MANY_BYTES };
    const { objectKey, multipartId } = await call<{ objectKey: string; multipartId: string }>('startSend', { json });
    return { objectKey, multipartId };
  };
  const givenUp = await start('given-up');
  await call('abortSend', { query: givenUp });

  const multipart = await start('parts');
  let isComplete = false;
  try {
    const parts = [{ partNumber: 1, bytes: Buffer.byteLength(ONE_EXPENSE) }];
    const { urls } = await call<{ urls: Signed[] }>('signParts', { json: { ...multipart, parts } });
    const [first] = urls;
    if (first === undefined) throw new SeenError('signParts returned no URL');
    const put = await web(first.url, { method: 'PUT', headers: first.headers, body: ONE_EXPENSE });
    expectThat(put.status === 200, `S3 refuses a part: ${put.status} ${put.text.slice(0, 300)}`);
    const held = await call<{ parts: { partNumber: number; etag: string }[] }>('listParts', { query: multipart });
    expectThat(held.parts.length === 1, `the console lists ${held.parts.length} parts, but one part was uploaded`);
    const named = held.parts.map(({ partNumber, etag }) => ({ partNumber, etag }));
    await call('completeSend', { json: { ...multipart, parts: named } });
    isComplete = true;
  } finally {
    if (isComplete) await uploads.delete(multipart);
    else await call('abortSend', { query: multipart }).catch(() => undefined);
  }
}

async function keepTemplate(call: Call): Promise<void> {
  const templateId = `accept-${randomBytes(6).toString('hex')}`;
  const { etag } = await call<{ etag: string }>('putTemplate', {
    param: { templateId },
    json: { template: { name: 'accept', mapping: exampleMapping } },
    headers: { 'if-none-match': '*' },
  });
  try {
    const { templates } = await call<{ templates: { templateId: string }[] }>('listTemplates');
    expectThat(
      templates.some((template) => template.templateId === templateId),
      `the console stored the template ${templateId} but does not list it`,
    );
  } finally {
    await call('deleteTemplate', { param: { templateId }, headers: { 'if-match': etag } });
  }
}

function versionOf({ status, headers, text }: WebAnswer): string {
  expectThat(status === 200, `S3 refuses the upload: ${status} ${text.slice(0, 300)}`);
  const version = headers['x-amz-version-id'];
  expectThat(version !== undefined, 'S3 did not return a version id: is versioning enabled on the bucket?');
  return version;
}

/** Fails if the check did not call a route. Otherwise the report would claim that this route works. */
function refuseMissed(expected: readonly DeployedRoute[], called: ReadonlySet<DeployedRoute>): void {
  const missed = expected.filter((name) => !called.has(name));
  if (missed.length > 0) {
    throw new SeenError(
      `accept does not call these routes: ${missed.join(', ')}. Add the calls in accept/checks/console.ts`,
    );
  }
}
