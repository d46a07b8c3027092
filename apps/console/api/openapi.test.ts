import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { access } from './access.ts';
import { type RouteName, routes } from './contract/api.ts';
import { openApiFile, renderOpenApi } from './openapi.ts';

describe('openapi.json', () => {
  test('matches the contract; run `npm run generate` if it does not', () => {
    expect(readFileSync(openApiFile, 'utf8')).toBe(renderOpenApi());
  });

  test('requires a token exactly where the API requires one', () => {
    for (const [name, route] of Object.entries(routes)) {
      expect('security' in route, name).toBe(access[name as RouteName] !== 'public');
    }
  });
});
