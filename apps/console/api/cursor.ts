/** Writes and parses cursors. A cursor is the position at which a page ended, as text that the client sends back. */
import type * as z from 'zod';
import { refusePart } from './refusal.ts';

export function writeCursor(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Parses a cursor. A client can forge a cursor, so only compare its values with rows that the token's owner may see.
 */
export function readCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (parsed.success) return parsed.data;
  throw refusePart(
    'invalid-cursor',
    '/query/cursor',
    'This cursor does not belong to this list. Request the first page without a cursor.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
