import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { access } from './access.ts';
import { type RouteName, routes } from './contract/api.ts';
import { openApiFile, renderOpenApi } from './openapi.ts';

describe('openapi.json', () => {
  test('is what the contract says: run `npm run generate` where it is not', () => {
    expect(readFileSync(openApiFile, 'utf8')).toBe(renderOpenApi());
  });

  test('asks for a token wherever the API does', () => {
    for (const [name, route] of Object.entries(routes)) {
      expect('security' in route, name).toBe(access[name as RouteName] !== 'public');
    }
  });
});
