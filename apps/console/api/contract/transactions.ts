/** Payments, each with the upload and the row that it comes from. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, problems, signedIn } from './problem.ts';
import { amount, currency, cursor, date, label, limit, next, text } from './words.ts';

export const transaction = z
  .object({
    kind: z.enum(['income', 'expense']),
    date,
    /** The payer of an income, or the payee of an expense. */
    counterparty: z.string(),
    category: z.string(),
    account: z.string(),
    amount,
    currency: z.string(),
    description: z.string(),
    country: z.string().nullable(),
    city: z.string().nullable(),
    transactionId: z.string().nullable(),
    uploadId: z.int(),
    /** The row number in the upload's file. The header is row 1. */
    rowNo: z.int(),
    objectKey: z.string(),
  })
  .openapi('Transaction');
export type Transaction = z.infer<typeof transaction>;

const bound = z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/);

export const transactionSearch = z.strictObject({
  /** Text to find in the counterparty, description, category or transaction id. */
  q: text.max(100).optional(),
  from: date.optional(),
  to: date.optional(),
  kind: z.enum(['income', 'expense']).optional(),
  category: label.optional(),
  account: label.optional(),
  currency: currency.optional(),
  min: bound.optional(),
  max: bound.optional(),
  cursor: cursor.optional(),
  limit: limit.optional(),
});
export type TransactionSearch = z.infer<typeof transactionSearch>;

export const searchTransactions = createRoute({
  method: 'get',
  path: '/api/transactions',
  description: 'Searches payments, the newest first.',
  security: signedIn,
  request: {
    query: transactionSearch,
  },
  responses: { 200: answer('A page', z.object({ transactions: z.array(transaction), next })), ...problems() },
});
