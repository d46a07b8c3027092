/**
 * Differences that a plan is to overlook: of an emulator, which reads things back otherwise than they were written, and of a
 * provider until its fault is mended. Nothing is ignored unless CENTFLOW_IGNORE_CHANGES names a file that says so.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { IgnoredChangesError } from './errors.ts';
import type { Synthesised } from './working-directory.ts';

const ignoredChanges = z.record(z.string().regex(/^aws_\w+$/), z.array(z.string().min(1)).min(1));

/** Attributes by the type of their resource: `{ "aws_flow_log": ["tags"] }`. */
export type IgnoredChanges = Readonly<Record<string, readonly string[]>>;

/**
 * Reads the file; without one nothing is ignored.
 *
 * @throws {IgnoredChangesError} it is not there, or says something else.
 */
export function readIgnoredChanges(file = process.env.CENTFLOW_IGNORE_CHANGES): IgnoredChanges {
  if (file === undefined || file === '') return {};
  try {
    return ignoredChanges.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new IgnoredChangesError(
      `CENTFLOW_IGNORE_CHANGES names ${file}, which cannot be used: ${why}\n` +
        'It takes JSON such as {"aws_flow_log": ["tags"]}. Unset it where nothing is to be ignored: on AWS.',
    );
  }
}

/** What Terraform merges over a stack so that it ignores these too; undefined where the stack has none of them. */
export function ignoring({ resource = {} }: Synthesised, ignored: IgnoredChanges): object | undefined {
  const concerned = Object.entries(resource).filter(([type]) => ignored[type] !== undefined);
  if (concerned.length === 0) return undefined;
  const overrides = concerned.map(([type, byName]) => [
    type,
    Object.fromEntries(
      Object.entries(byName).map(([name, { lifecycle }]) => [name, { lifecycle: widened(lifecycle, ignored[type]) }]),
    ),
  ]);
  return { resource: Object.fromEntries(overrides) };
}

/** All that the resource says of its life: an override replaces what it names. */
function widened(lifecycle: unknown, attributes: readonly string[] = []): object {
  const own = (lifecycle ?? {}) as { readonly ignore_changes?: readonly string[] };
  return { ...own, ignore_changes: [...new Set([...(own.ignore_changes ?? []), ...attributes])] };
}
