/** Builds the HTTP request for a route by its name. */
import { type RouteName, routes } from './api.ts';

/** The parts of a request. */
export interface RouteCall {
  /** The values of the path parameters. */
  readonly param?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the path and the query string of a request. */
export function addressOf(name: RouteName, { param = {}, query = {} }: RouteCall): string {
  const path = routes[name].path.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(param[part] ?? ''));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Returns the method, headers and body of a request. */
export function requestOf(name: RouteName, { json, headers = {} }: RouteCall) {
  return {
    method: routes[name].method.toUpperCase(),
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  };
}
