import { access } from '@centflow/console/access';
import { routes } from '@centflow/console/contract';
import { describe, expect, test } from 'vitest';
import { exampleMapping } from './checks/console.ts';
import { Console, changes, routesFor } from './console.ts';
import type { WebRequest } from './web.ts';

const deployed = routesFor('public', 'person', 'owner', 'operator');

/** Returns a console client whose requests all receive the same response, and the recorded requests. */
function consoleThat(status: number, text: string, token: string | undefined = 't') {
  const asked: { url: string; request: WebRequest }[] = [];
  const console = new Console(
    'https://console.example',
    async (url, request = {}) => {
      asked.push({ url, request });
      return { status, headers: {}, text };
    },
    token,
  );
  return { console, asked };
}

describe('the console routes that accept calls', () => {
  test('are all routes of the API’s access list except the local-only routes', () => {
    const others = Object.keys(access).filter((name) => !(deployed as string[]).includes(name));
    expect(others).toEqual(['listLocalOwners', 'signInLocally', 'listLocalParts']);
  });

  test('count as changing routes if their method is not GET', () => {
    expect(routesFor('operator').filter(changes)).toEqual(['redrive', 'sweep']);
    for (const name of deployed) expect(changes(name)).toBe(routes[name].method !== 'get');
  });
});

test('the API’s contract accepts the mapping template that accept saves', () => {
  const { schema } = routes.putTemplate.request.body.content['application/json'];
  expect(schema.parse({ template: { name: 'accept', mapping: exampleMapping } }).template.mapping).toEqual(
    exampleMapping,
  );
});

describe('a call to the console API', () => {
  const config = JSON.stringify({ environment: 'dev', signIn: { kind: 'local' } });

  test('sends the token, the origin of the pages, and the path parameters', async () => {
    const { console, asked } = consoleThat(404, '{}');
    await console.ask('getVisual', { param: { visualId: 'a/b' }, query: { from: '2025-01' } });
    expect(asked).toEqual([
      {
        url: 'https://console.example/api/visuals/a%2Fb?from=2025-01',
        request: {
          method: 'GET',
          headers: { authorization: 'Bearer t', origin: 'https://console.example' },
        },
      },
    ]);
  });

  test('returns a response that matches the contract', async () => {
    expect(await consoleThat(200, config).console.call('getConfig')).toEqual(JSON.parse(config));
  });

  test.each([
    ['a status other than 200', 502, config, 'GET /api/config (getConfig) answers 502'],
    [
      'a body that does not match the contract',
      200,
      '{"environment":"qa"}',
      'returned a body that does not match the contract: signIn',
    ],
    ['a page instead of JSON', 200, '<!doctype html>', 'returned a body that does not match the contract'],
  ])('fails with %s', async (_, status, text, message) => {
    await expect(consoleThat(status, text).console.call('getConfig')).rejects.toThrow(message);
  });
});
