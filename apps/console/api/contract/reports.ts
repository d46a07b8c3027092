/** Data for dashboards and for their filters. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, problems, signedIn } from './problem.ts';
import { currency, label, month } from './words.ts';

/** The schema of `VisualData` in @centflow/reports. */
export const visualData = z
  .object({
    columns: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        format: z.enum(['money', 'integer', 'percent', 'month', 'date', 'moment', 'country', 'text']),
        role: z.enum(['dimension', 'value']),
      }),
    ),
    /** Decimals are strings, because a float would lose digits. */
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    currency: z.string().nullable(),
    truncated: z.boolean(),
  })
  .openapi('VisualData');

export const getVisual = createRoute({
  method: 'get',
  path: '/api/visuals/{visualId}',
  security: signedIn,
  request: {
    params: z.object({ visualId: z.string().regex(/^[a-z0-9-]{1,64}$/) }),
    query: z.strictObject({
      currency: currency.optional(),
      /** The first and the last month, both inclusive. */
      from: month.optional(),
      to: month.optional(),
      category: label.optional(),
      account: label.optional(),
      /** The values that a drill selects: a JSON object of column → value. */
      drill: z.string().max(2000).optional().openapi({ example: '{"category":"Food"}' }),
    }),
  },
  responses: { 200: answer('The figures', visualData), ...problems(404) },
});

export const getChoices = createRoute({
  method: 'get',
  path: '/api/choices',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: {
    200: answer(
      'The values of the filters',
      z
        .object({
          /** The currencies, the most frequent first. */
          currencies: z.array(z.string()),
          categories: z.array(z.string()),
          accounts: z.array(z.string()),
          firstMonth: month.nullable(),
          lastMonth: month.nullable(),
        })
        .openapi('Choices'),
    ),
    ...problems(),
  },
});
