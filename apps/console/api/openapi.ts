/** Writes openapi.json, the contract for clients that do not use TypeScript. Run with `node api/openapi.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OpenAPIHono } from '@hono/zod-openapi';
import { access } from './access.ts';
import { type RouteName, routes } from './contract/api.ts';

export const openApiFile = fileURLToPath(new URL('../openapi.json', import.meta.url));

/** Returns the text of openapi.json. */
export function renderOpenApi(): string {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'An OIDC ID token with the claim `custom:owner`; for operators with the group `operators` in `cognito:groups`.',
  });
  for (const [name, route] of Object.entries(routes)) {
    app.openAPIRegistry.registerPath({
      ...route,
      operationId: name,
      tags: [route.path.split('/')[2] ?? ''],
      summary: `For ${words[access[name as RouteName]]}.`,
    });
  }
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Centflow console',
      version: '1',
      description: 'Generated from apps/console/api/contract by `npm run generate`; do not edit.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

const words = {
  public: 'everybody',
  person: 'people who are signed in',
  owner: 'owners, for their own files and money',
  operator: 'operators',
} as const;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(openApiFile, renderOpenApi());
