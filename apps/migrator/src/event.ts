/** The events that the migrator accepts. */
import { comparedViews } from '@centflow/schema/compare-views';
import { roles } from '@centflow/schema/grants';
import * as z from 'zod';

/** An event that updates the environment's database. */
const maintenance = z.strictObject({
  /** Database users whose passwords the migrator rotates. */
  rotate: z.array(z.enum(roles)).default([]),
});

/** An event that compares the database of a restored instance with a second database, rebuilt from the bucket. */
const rebuildCheck = z.strictObject({
  /** The address of the restored instance. */
  host: z.string(),
  /**
   * `create` creates the empty second database. `compare` compares the views of the restored and the second
   * database, after the job has loaded the second one.
   */
  rebuild: z.enum(['create', 'compare']),
  /** The views to compare. The default is all views that can be compared. */
  views: z.array(z.enum(comparedViews)).default([...comparedViews]),
});

export type Maintenance = z.infer<typeof maintenance>;
export type RebuildCheck = z.infer<typeof rebuildCheck>;

/** Thrown if the event is not valid. */
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
 * @throws {EventError} if the event is not valid. The message names the problems and shows valid events.
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
