/**
 * The part of GitHub's REST API that the delivery asks, on this machine: for tests and for `npm run rehearse`.
 *
 * It refuses as GitHub does: an unknown token, one whose job lacks a permission, what is not there, what is too long.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Call, routes } from './github-stand-in-routes.ts';
import { GitHubStandInState, type Permissions, Refusal } from './github-stand-in-state.ts';

export type { Permissions } from './github-stand-in-state.ts';

export interface GitHubStandIn {
  /** For GITHUB_API_URL. */
  readonly apiUrl: string;
  /** For GITHUB_REPOSITORY. */
  readonly repository: string;
  /** What people do, and what there is to look at. */
  readonly state: GitHubStandInState;
  /** What was asked so far, as `GET /repos/…`. */
  readonly requests: readonly string[];
  /** A token as a workflow's job gets it, with the permissions of that job and no other. */
  tokenFor(permissions: Permissions): string;
  /** A token of a person who may do everything. */
  personalToken(login: string): string;
  /** Answers the next requests of this kind with trouble instead. */
  failNext(trouble: Trouble): void;
  stop(): Promise<void>;
}

export interface Trouble {
  readonly method: string;
  /** Part of the path. */
  readonly path: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  /** The request has its effect all the same. */
  readonly afterwards?: boolean;
}

type Holder = { readonly login: string; readonly permissions: Permissions | 'all' };

/** @param repository `<owner>/<name>` */
export async function startGitHubStandIn({ repository }: { readonly repository: string }): Promise<GitHubStandIn> {
  const holders = new Map<string, Holder>();
  const troubles: Trouble[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = new GitHubStandInState(`https://github.com/${repository}`, apiUrl);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = `${request.method} ${decodeURIComponent(new URL(request.url ?? '/', apiUrl).pathname)}`;
    requests.push(asked);
    const body = await read(request);
    const index = troubles.findIndex(({ method, path }) => method === request.method && asked.includes(path));
    const [trouble] = index < 0 ? [] : troubles.splice(index, 1);
    try {
      const done = trouble && !trouble.afterwards ? undefined : respond(request, body);
      if (trouble !== undefined) throw new Refusal(trouble.status, trouble.message ?? 'Server Error', trouble.headers);
      send(response, done?.status ?? 200, done?.body, done?.headers);
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
      send(response, refusal.status, { message: refusal.message, ...refusal.details }, refusal.headers);
    }
  }

  function respond(request: IncomingMessage, body: Buffer) {
    const holder = holders.get(/^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (holder === undefined) throw new Refusal(401, 'Bad credentials');
    const url = new URL(request.url ?? '/', apiUrl);
    for (const route of routes) {
      const [method, template] = route.on.split(' ');
      const found = method === request.method && match(template ?? '', url.pathname);
      if (!found || (found.owner !== undefined && `${found.owner}/${found.repo}` !== repository)) continue;
      if (!route.permissions.some((needed) => isAllowed(holder, needed))) {
        throw new Refusal(403, 'Resource not accessible by integration');
      }
      const call: Call = { state, login: holder.login, path: found, query: url.searchParams, body };
      const result = route.answer(call);
      if (!Array.isArray(result)) return { status: route.status ?? 200, body: result, headers: {} };
      const { page, next } = pageOf(result, url, route.list?.longestPage ?? 100);
      const wrapped = route.list === undefined ? page : { total_count: result.length, [route.list.key]: page };
      return { status: 200, body: wrapped, headers: next === undefined ? {} : { link: `<${next}>; rel="next"` } };
    }
    throw new Refusal(404, 'Not Found');
  }

  const issue = (holder: Holder): string => {
    const token = `ghs_standIn${holders.size + 1}`;
    holders.set(token, holder);
    return token;
  };
  return {
    apiUrl,
    repository,
    state,
    requests,
    tokenFor: (permissions) => issue({ login: 'github-actions[bot]', permissions }),
    personalToken: (login) => issue({ login, permissions: 'all' }),
    failNext: (trouble) => void troubles.push(trouble),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param needed as `issues: write`; `person` is what no token of a workflow has */
function isAllowed({ permissions }: Holder, needed: string): boolean {
  if (permissions === 'all') return true;
  const [scope = '', level] = needed.split(': ');
  const given = permissions[scope];
  return given === 'write' || (given !== undefined && given === level);
}

function match(template: string, path: string): Record<string, string> | undefined {
  const pattern = template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)').replaceAll(/\{\+(\w+)\}/g, '(?<$1>.+)');
  const found = new RegExp(`^${pattern}$`).exec(decodeURIComponent(path));
  return found === null ? undefined : { ...found.groups };
}

function pageOf(
  all: readonly unknown[],
  url: URL,
  longest: number,
): { page: readonly unknown[]; next: string | undefined } {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), longest);
  const number = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(number + 1));
  return {
    page: all.slice((number - 1) * size, number * size),
    next: all.length > number * size ? next.href : undefined,
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function send(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
