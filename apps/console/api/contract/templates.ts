/** Templates: saved mappings of bank exports to feeds. */
import type { Delimiter, MappedCell, Mapping, MappingTarget } from '@centflow/preview';
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problems, problemsOfChange, signedIn } from './problem.ts';
import { etag, moment, text } from './words.ts';

export const TEMPLATES_AT_MOST = 50;
export const TEMPLATE_BYTES_AT_MOST = 32 * 1024;

export const templateId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);

const mappedCell = z.union([
  z.strictObject({ column: text }),
  z.strictObject({ constant: text }),
]) satisfies z.ZodType<MappedCell>;

/** `Mapping` of packages/preview. Only its type is imported, so the functions do not bundle the code that reads exports. */
const mapping = z
  .strictObject({
    version: z.literal(1),
    encoding: text,
    delimiter: z.enum([',', ';', '\t', '|'] satisfies Delimiter[]),
    headerRow: z.int().min(1),
    header: z.array(text).readonly(),
    decimal: z.enum(['.', ',']),
    dateOrder: z.enum(['ymd', 'dmy', 'mdy']),
    money: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('signed'), column: text, spentIs: z.enum(['negative', 'positive']) }),
      z.strictObject({ kind: z.literal('split'), out: text, in: text }),
    ]),
    cells: z.strictObject({
      date: mappedCell.exactOptional(),
      counterparty: mappedCell.exactOptional(),
      category: mappedCell.exactOptional(),
      account: mappedCell.exactOptional(),
      currency: mappedCell.exactOptional(),
      description: mappedCell.exactOptional(),
      country: mappedCell.exactOptional(),
      city: mappedCell.exactOptional(),
      transaction_id: mappedCell.exactOptional(),
    } satisfies Record<MappingTarget, unknown>),
  })
  .openapi('Mapping') satisfies z.ZodType<Mapping>;

export const template = z
  .strictObject({
    /** The name that the owner gave the template. */
    name: text.trim().min(1).max(80),
    mapping,
  })
  .openapi('Template');
export type Template = z.infer<typeof template>;

export const storedTemplate = z.object({ templateId, etag, updatedAt: moment, template }).openapi('StoredTemplate');
export type StoredTemplate = z.infer<typeof storedTemplate>;

/**
 * Conditions that prevent overwriting a change made in another window: the ETag that was read, or `*` for a new
 * template.
 */
const conditions = z.object({
  'if-match': etag.optional(),
  'if-none-match': z.literal('*').optional(),
});

export const listTemplates = createRoute({
  method: 'get',
  path: '/api/templates',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: { 200: answer('All templates', z.object({ templates: z.array(storedTemplate) })), ...problems() },
});

export const putTemplate = createRoute({
  method: 'put',
  path: '/api/templates/{templateId}',
  security: signedIn,
  request: {
    params: z.object({ templateId }),
    headers: conditions,
    body: body(z.strictObject({ template })),
  },
  responses: {
    200: answer('The template was saved', z.object({ templateId, etag })),
    ...problemsOfChange(404, 409, 412, 428),
  },
});

export const deleteTemplate = createRoute({
  method: 'delete',
  path: '/api/templates/{templateId}',
  security: signedIn,
  request: {
    params: z.object({ templateId }),
    query: z.strictObject({}),
    headers: z.object({ 'if-match': etag.optional() }),
  },
  responses: { 200: answer('The template was deleted', z.object({})), ...problems(404, 412, 428) },
});
