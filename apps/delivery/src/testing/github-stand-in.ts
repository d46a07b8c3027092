/**
 * A local server with the part of GitHub's REST API that the delivery uses, for tests and for `npm run rehearse`.
 *
 * Like GitHub, the server refuses unknown tokens, missing permissions, unknown objects and texts that are too long.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Call, routes } from './github-stand-in-routes.ts';
import { GitHubStandInState, type Permissions, Refusal } from './github-stand-in-state.ts';

export type { Permissions } from './github-stand-in-state.ts';

export interface GitHubStandIn {
  /** The value for GITHUB_API_URL. */
  readonly apiUrl: string;
  /** The value for GITHUB_REPOSITORY. */
  readonly repository: string;
  /** The state of the repository, which tests read and change as people would. */
  readonly state: GitHubStandInState;
  /** All requests until now, such as `GET /repos/…`. */
  readonly requests: readonly string[];
  /** Returns the token of a workflow job that has only these permissions. */
  tokenFor(permissions: Permissions): string;
  /** Returns the token of a person with all permissions. */
  personalToken(login: string): string;
  /** Makes the next request with this method and path fail. */
  failNext(trouble: Trouble): void;
  stop(): Promise<void>;
}

export interface Trouble {
  readonly method: string;
  /** A substring of the request path. */
  readonly path: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  /** Whether the request takes effect despite the failure. */
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

/** @param needed a permission such as `issues: write`, or `person`, which no workflow token has */
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
