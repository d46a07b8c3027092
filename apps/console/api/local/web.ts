/** Serves the files of the web app in the same way as CloudFront. */
import { serveStatic } from '@hono/node-server/serve-static';
import type { Hono } from 'hono';
import type { ApiEnvironment } from '../context.ts';
import { type SecurityOrigins, securityHeaders } from '../security-headers.ts';

export function serveWeb(
  app: Pick<Hono<ApiEnvironment>, 'use' | 'get'>,
  webFolder: string,
  origins: SecurityOrigins,
): void {
  const headers = Object.entries(securityHeaders(origins));
  app.use('*', async (context, next) => {
    await next();
    if (context.req.path.startsWith('/api/')) return;
    for (const [name, value] of headers) context.header(name, value);
    // File names in assets/ contain a hash of the content, so browsers can cache them forever.
    const isImmutable = context.req.path.startsWith('/assets/') && context.res.status === 200;
    context.header('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
  const files = serveStatic<ApiEnvironment>({ root: webFolder, precompressed: true });
  const page = serveStatic<ApiEnvironment>({ root: webFolder, path: 'index.html' });
  // A path with a dot in its last segment is a file. Every other path returns the app's page.
  app.get('*', (context, next) => {
    if (context.req.path.startsWith('/api/')) return next();
    return /\.[^/]*$/.test(context.req.path) ? files(context, next) : page(context, next);
  });
}
