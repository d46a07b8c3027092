/**
 * Differences that plans ignore. An emulator may return other values than were written, and a provider may have a bug.
 * Nothing is ignored unless CENTFLOW_IGNORE_CHANGES names a file that lists the attributes.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { IgnoredChangesError } from './errors.ts';
import type { Synthesised } from './working-directory.ts';

const ignoredChanges = z.record(z.string().regex(/^aws_\w+$/), z.array(z.string().min(1)).min(1));

/** Attributes by resource type, such as `{ "aws_flow_log": ["tags"] }`. */
export type IgnoredChanges = Readonly<Record<string, readonly string[]>>;

/**
 * Reads the file of ignored changes. Without a file, nothing is ignored.
 *
 * @throws {IgnoredChangesError} the file does not exist or is not valid.
 */
export function readIgnoredChanges(file = process.env.CENTFLOW_IGNORE_CHANGES): IgnoredChanges {
  if (file === undefined || file === '') return {};
  try {
    return ignoredChanges.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new IgnoredChangesError(
      `CENTFLOW_IGNORE_CHANGES names ${file}, which cannot be used: ${why}\n` +
        'It must contain JSON such as {"aws_flow_log": ["tags"]}. Unset the variable on AWS, where nothing needs to be ignored.',
    );
  }
}

/** Returns the override that makes a stack ignore these changes; undefined if no resource has one of these types. */
export function ignoring({ resource = {} }: Synthesised, ignored: IgnoredChanges): object | undefined {
  const concerned = Object.entries(resource).filter(([type]) => ignored[type] !== undefined);
  if (concerned.length === 0) return undefined;
  const overrides = concerned.map(([type, byName]) => [
    type,
    Object.fromEntries(
      Object.entries(byName).map(([name, { lifecycle }]) => [
        name,
        { lifecycle: extendLifecycle(lifecycle, ignored[type]) },
      ]),
    ),
  ]);
  return { resource: Object.fromEntries(overrides) };
}

/** Adds the attributes to a lifecycle block. Returns the complete block, because an override replaces it. */
function extendLifecycle(lifecycle: unknown, attributes: readonly string[] = []): object {
  const own = (lifecycle ?? {}) as { readonly ignore_changes?: readonly string[] };
  return { ...own, ignore_changes: [...new Set([...(own.ignore_changes ?? []), ...attributes])] };
}
