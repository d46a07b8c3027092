/** The events that the migrator accepts. */
import { comparedViews } from '@centflow/schema/compare-views';
import { roles } from '@centflow/schema/grants';
import * as z from 'zod';

/** Bring the environment's database up to date. */
const maintenance = z.strictObject({
  /** Users whose password is rotated. */
  rotate: z.array(z.enum(roles)).default([]),
});

/** Check a restored instance: compare its database with one that is rebuilt from the bucket. */
const rebuildCheck = z.strictObject({
  /** The restored instance's address. */
  host: z.string(),
  /** `create` creates the empty second database. `compare` compares the views of both after the job has loaded them. */
  rebuild: z.enum(['create', 'compare']),
  /** The views to compare; by default all. */
  views: z.array(z.enum(comparedViews)).default([...comparedViews]),
});

export type Maintenance = z.infer<typeof maintenance>;
export type RebuildCheck = z.infer<typeof rebuildCheck>;

/** The event is not valid. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

/** Returns whether an event is about a restored instance, even if the event is not valid. */
export function isRebuildCheck(event: unknown): event is RebuildCheck {
  return typeof event === 'object' && event !== null && ('host' in event || 'rebuild' in event);
}

/**
 * Parses an event.
 *
 * @throws {EventError} the event is not valid. The message names the problems and the valid events.
 */
export function readEvent(event: unknown): Maintenance | RebuildCheck {
  const parsed = (isRebuildCheck(event) ? rebuildCheck : maintenance).safeParse(event ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new EventError(
      `The event is not valid (${problems.join('; ')}). Send {} or {"rotate": ["${roles.join('", "')}"]} or ` +
        '{"host": "<restored instance>", "rebuild": "create"} (or "compare").',
    );
  }
  if ('rotate' in parsed.data) return { rotate: [...new Set(parsed.data.rotate)] };
  return parsed.data;
}
