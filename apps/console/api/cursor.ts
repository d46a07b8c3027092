/** Where a page ended, as text that a client only hands back. */
import type * as z from 'zod';
import { Refusal } from './refusal.ts';

export function writeCursor(position: Readonly<Record<string, string | number>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** A cursor is a client's word: what it says is only ever compared with, within what the token's owner may see. */
export function readCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (parsed.success) return parsed.data;
  const message = 'This is not where a page of this list ended: begin again without it.';
  throw new Refusal(400, message, [{ pointer: '/query/cursor', message }]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
