/**
 * A server that accepts the provider's requests to QuickSight, stores them and returns them. It shows how the provider sends a
 * definition.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Json = Record<string, unknown>;

export interface RecordedQuickSight extends AsyncDisposable {
  readonly url: string;
  /** Returns the last creation request for a path such as `dashboards/centflow-staging-reports`. */
  created(path: string): Json | undefined;
  /** The changing requests in order, such as `POST dashboards/…`. */
  readonly changes: readonly string[];
}

const kinds: Readonly<Record<string, string>> = { dashboards: 'Dashboard', analyses: 'Analysis', themes: 'Theme' };
const SUCCESS = 'CREATION_SUCCESSFUL';
/** The provider requires these fields in responses. */
const times = { CreatedTime: 1_735_689_600, LastUpdatedTime: 1_735_689_600, LastPublishedTime: 1_735_689_600 };

export async function startRecordedQuickSight(account: string): Promise<RecordedQuickSight> {
  const resources = new Map<string, Json>();
  const changes: string[] = [];
  const arnOf = (path: string) =>
    `arn:aws:quicksight:eu-west-1:${account}:${path.replace(/^analyses/, 'analysis').replace(/s\//, '/')}`;

  /** Returns the response to a request for `path`, or for one part of it. */
  const answer = (path: string, part: string | undefined): Json | undefined => {
    const resource = resources.get(path);
    const kind = kinds[path.split('/')[0] ?? ''];
    if (resource === undefined || kind === undefined) return undefined;
    const id = { [`${kind}Id`]: path.split('/')[1], Arn: arnOf(path), Name: resource.Name };
    if (part === 'definition') return { ...id, Definition: resource.Definition, ThemeArn: resource.ThemeArn };
    if (part === 'permissions') return { ...id, Permissions: resource.Permissions };
    const version = {
      ...times,
      Status: SUCCESS,
      VersionNumber: 1,
      ThemeArn: resource.ThemeArn,
      Description: resource.VersionDescription,
    };
    const theme = { BaseThemeId: resource.BaseThemeId, Configuration: resource.Configuration };
    return {
      [kind]: { ...id, ...times, Status: SUCCESS, ThemeArn: resource.ThemeArn, Version: { ...version, ...theme } },
    };
  };

  const server: Server = createServer(async (request, response) => {
    const reply = (status: number, body: Json) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(status === 404 ? { 'x-amzn-errortype': 'ResourceNotFoundException' } : {}),
      });
      response.end(JSON.stringify({ Status: status, ...body }));
    };
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const tagged = /^\/resources\/(.+)\/tags$/.exec(pathname)?.[1];
    if (tagged !== undefined) {
      const path = [...resources.keys()].find((candidate) => arnOf(candidate) === decodeURIComponent(tagged));
      return reply(200, { Tags: (path && resources.get(path)?.Tags) ?? [] });
    }
    const [, path = '', part] = /^\/accounts\/\d+\/([^/]+\/[^/]+)(?:\/(.+))?$/.exec(pathname) ?? [];
    if (request.method !== 'GET') changes.push(`${request.method} ${path}${part === undefined ? '' : `/${part}`}`);
    if (request.method === 'POST') {
      resources.set(path, (await json(request)) as Json);
      const kind = kinds[path.split('/')[0] ?? ''];
      return reply(202, {
        Arn: arnOf(path),
        VersionArn: arnOf(path),
        [`${kind}Id`]: path.split('/')[1],
        CreationStatus: SUCCESS,
      });
    }
    if (request.method === 'DELETE') {
      resources.delete(path);
      return reply(200, {});
    }
    const found = answer(path, part);
    return found === undefined ? reply(404, { Message: `There is no ${path}.` }) : reply(200, found);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created: (path) => resources.get(path),
    changes,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
