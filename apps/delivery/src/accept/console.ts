/** Calls the console's API as a signed-in user, and checks its responses against the contract. */
import { type Access, access, type DeployedRoute, localRoutes } from '@centflow/console/access';
import { routes } from '@centflow/console/contract';
import { addressOf, type RouteCall, requestOf } from '@centflow/console/contract/request';
import type * as z from 'zod';
import { SeenError } from './check.ts';
import type { Web, WebAnswer } from './web.ts';

/** Returns the deployed routes that require one of these access levels. */
export function routesFor(...people: readonly Access[]): DeployedRoute[] {
  const local: readonly string[] = localRoutes;
  return (Object.keys(access) as DeployedRoute[]).filter(
    (name) => people.includes(access[name]) && !local.includes(name),
  );
}

/** Returns whether a route changes something. */
export function changes(name: DeployedRoute): boolean {
  return routes[name].method !== 'get';
}

export class Console {
  /** `https://…`. */
  readonly origin: string;
  readonly #web: Web;
  readonly #token: string | undefined;

  /** @param token an ID token, or undefined to send requests without a sign-in */
  constructor(origin: string, web: Web, token?: string) {
    this.origin = origin;
    this.#web = web;
    this.#token = token;
  }

  /**
   * Calls a route.
   *
   * @throws {SeenError} the response does not have status 200, or does not match the contract.
   */
  async call<Answer = Readonly<Record<string, unknown>>>(name: DeployedRoute, call: RouteCall = {}): Promise<Answer> {
    const { status, text } = await this.ask(name, call);
    const { method, path } = routes[name];
    const where = `${method.toUpperCase()} ${path} (${name})`;
    if (status !== 200) throw new SeenError(`${where} answers ${status}: ${text.slice(0, 300)}`);
    const parsed = answerOf(name).safeParse(parseJson(text));
    if (parsed.success) return parsed.data as Answer;
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new SeenError(
      `${where} returned a body that does not match the contract: ${problems.slice(0, 3).join('; ')}`,
    );
  }

  /** Calls a route and returns the response with any status. */
  async ask(name: DeployedRoute, call: RouteCall = {}): Promise<WebAnswer> {
    const { headers, ...request } = requestOf(name, call);
    const authorization: Record<string, string> =
      this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    return await this.#web(`${this.origin}${addressOf(name, call)}`, {
      ...request,
      headers: { ...headers, ...authorization, origin: this.origin },
    });
  }
}

function answerOf(name: DeployedRoute): z.ZodType {
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
