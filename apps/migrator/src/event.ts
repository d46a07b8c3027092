/** What an invocation may request. */
import { comparedViews } from '@centflow/schema/compare-views';
import { roles } from '@centflow/schema/grants';
import * as z from 'zod';

/** Bring the environment's database up to date. */
const maintenance = z.strictObject({
  /** Users to get a new password. */
  rotate: z.array(z.enum(roles)).default([]),
});

/** Check a restored instance: its database against one that is rebuilt from the bucket. */
const rebuildCheck = z.strictObject({
  /** The restored instance's address. */
  host: z.string(),
  /** `create`: the empty second database; `compare`: the views of both, once the job has loaded them. */
  rebuild: z.enum(['create', 'compare']),
  /** The views to compare; all where left out. */
  views: z.array(z.enum(comparedViews)).default([...comparedViews]),
});

export type Maintenance = z.infer<typeof maintenance>;
export type RebuildCheck = z.infer<typeof rebuildCheck>;

/** An event that nobody should send. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** Whether an event is about a restored instance, also if it is not a good one. */
export function isRebuildCheck(event: unknown): event is RebuildCheck {
  return typeof event === 'object' && event !== null && ('host' in event || 'rebuild' in event);
}

/**
 * Reads what an invocation requests.
 *
 * @throws {EventError} naming what is wrong, and what to send.
 */
export function readEvent(event: unknown): Maintenance | RebuildCheck {
  const parsed = (isRebuildCheck(event) ? rebuildCheck : maintenance).safeParse(event ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new EventError(
      `The event is not understood (${problems.join('; ')}). Send {} or {"rotate": ["${roles.join('", "')}"]} or ` +
        '{"host": "<restored instance>", "rebuild": "create"} (or "compare").',
    );
  }
  if ('rotate' in parsed.data) return { rotate: [...new Set(parsed.data.rotate)] };
  return parsed.data;
}
