/** What a review reads of a plan: checked, because a plan that is misread is a plan that is let through. */

import type { Plan } from '@centflow/terraform';
import * as z from 'zod';

const values = z.record(z.string(), z.unknown()).nullable();

const change = z.object({
  actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'])).min(1),
  before: values.default(null),
  after: values.default(null),
  after_unknown: z.unknown().optional(),
  /** Marks: true in the shape of the values. */
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  /** The attributes for which it is replaced: `[["identifier"], ["restore", 0, "time"]]`. */
  replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
});

const resource = z.object({
  address: z.string(),
  mode: z.enum(['managed', 'data']),
  type: z.string(),
  change,
});

const configured = z.object({
  address: z.string(),
  mode: z.enum(['managed', 'data']),
  /** By attribute; a block holds those of its own. */
  expressions: z.record(z.string(), z.unknown()).default({}),
  provisioners: z.array(z.unknown()).default([]),
});

const schema = z.object({
  format_version: z.string().regex(/^1\./).optional(),
  errored: z.literal(false),
  complete: z.literal(true).default(true),
  resource_changes: z.array(resource).default([]),
  /** Of the root module: the stacks have no other. */
  configuration: z
    .object({ root_module: z.object({ resources: z.array(configured).default([]) }).prefault({}) })
    .prefault({}),
  variables: z.record(z.string(), z.unknown()).default({}),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
});

export type Values = Readonly<Record<string, unknown>>;
export type ReviewedResource = Readonly<z.infer<typeof resource>>;
export type Configured = Readonly<z.infer<typeof configured>>;
export type ReviewedPlan = Readonly<z.infer<typeof schema>>;

/** The plan cannot be reviewed: it failed, leaves something for later, or is in a format that is not known here. */
export class UnreviewablePlanError extends Error {
  override readonly name = 'UnreviewablePlanError';
}

/** @throws {UnreviewablePlanError} it is no whole plan in Terraform's JSON format 1. */
export function readPlan(plan: Plan): ReviewedPlan {
  const { data, error } = schema.safeParse(plan);
  if (data !== undefined) return data;
  // The paths alone: what stands there may be secret.
  const where = [...new Set(error.issues.map(({ path }) => path.join('.') || 'all of it'))].slice(0, 5).join(', ');
  throw new UnreviewablePlanError(
    `The plan cannot be reviewed (${where}): give a whole plan that did not fail, as \`terraform show -json\` writes it.`,
  );
}

/** The resources of the stack, as they are and as they will be. */
export function managed({ resource_changes }: ReviewedPlan): ReviewedResource[] {
  return resource_changes.filter(({ mode }) => mode === 'managed');
}

/** What the plan does to managed resources. */
export function touched(plan: ReviewedPlan): ReviewedResource[] {
  return managed(plan).filter(({ change }) => change.actions.some((action) => action !== 'no-op' && action !== 'read'));
}

/** What stands at a path such as `versioning_configuration.0.status`; a mark on a whole counts for its parts. */
export function at(tree: unknown, path: string): unknown {
  let found = tree;
  for (const step of path.split('.')) {
    if (found === true) return true;
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Values)[step];
  }
  return found;
}

/** Whether a mark (unknown, sensitive) stands anywhere in it. */
export function isMarked(marks: unknown): boolean {
  if (typeof marks !== 'object' || marks === null) return marks === true;
  return Object.values(marks).some(isMarked);
}
