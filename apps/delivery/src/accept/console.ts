/** The console's API as a signed-in person calls it, and whether its answers are what the contract says. */
import { type Access, access } from '@centflow/console/access';
import { type RouteName, routes } from '@centflow/console/contract';
import type * as z from 'zod';
import { SeenError } from './check.ts';
import type { Web } from './web.ts';

/** What a request fills in. */
export interface Filling {
  readonly param?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Routes of the console on one machine, which no deployed console has. */
const LOCAL = '/api/local/';

/** The deployed routes that these people may call. */
export function routesFor(...people: readonly Access[]): RouteName[] {
  return (Object.keys(access) as RouteName[]).filter(
    (name) => people.includes(access[name]) && !routes[name].path.startsWith(LOCAL),
  );
}

/** Whether a route changes something. */
export function changes(name: RouteName): boolean {
  return routes[name].method !== 'get';
}

export class Console {
  /** `https://…`. */
  readonly origin: string;
  readonly #web: Web;
  readonly #token: string | undefined;

  /** @param token an ID token; left out: nobody is signed in */
  constructor(origin: string, web: Web, token?: string) {
    this.origin = origin;
    this.#web = web;
    this.#token = token;
  }

  /**
   * Calls a route.
   *
   * @throws {SeenError} it does not answer with 200 and what the contract says.
   */
  async call<Answer = Readonly<Record<string, unknown>>>(name: RouteName, filling: Filling = {}): Promise<Answer> {
    const { status, text } = await this.ask(name, filling);
    const { method, path } = routes[name];
    const where = `${method.toUpperCase()} ${path} (${name})`;
    if (status !== 200) throw new SeenError(`${where} answers ${status}: ${text.slice(0, 300)}`);
    const parsed = answerOf(name).safeParse(parseJson(text));
    if (parsed.success) return parsed.data as Answer;
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SeenError(`${where} answers something else than the contract says: ${problems.slice(0, 3).join('; ')}`);
  }

  /** Calls a route, whatever it answers. */
  async ask(name: RouteName, { param = {}, query = {}, json, headers = {} }: Filling = {}) {
    const { method, path } = routes[name];
    const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(param[key] ?? ''));
    const search = Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query)}`;
    const authorization: Record<string, string> =
      this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    return await this.#web(`${this.origin}${filled}${search}`, {
      method: method.toUpperCase(),
      headers: { ...headers, ...authorization, origin: this.origin, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  }
}

function answerOf(name: RouteName): z.ZodType {
  const { content } = routes[name].responses[200] as { content: { 'application/json': { schema: z.ZodType } } };
  return content['application/json'].schema;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
