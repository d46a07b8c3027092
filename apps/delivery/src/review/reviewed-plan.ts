/** Parses the parts of a plan that the review reads. Validation is strict, because a misread plan could pass the review. */

import type { Plan } from '@centflow/terraform';
import * as z from 'zod';

const values = z.record(z.string(), z.unknown()).nullable();

const change = z.object({
  actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'])).min(1),
  before: values.default(null),
  after: values.default(null),
  after_unknown: z.unknown().optional(),
  /** Marks in the same structure as the values, with `true` for each sensitive value. */
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  /** Paths of the attributes that force the replacement, such as `[["identifier"], ["restore", 0, "time"]]`. */
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
  /** Expressions by attribute. A block contains its own expressions. */
  expressions: z.record(z.string(), z.unknown()).default({}),
  provisioners: z.array(z.unknown()).default([]),
});

const schema = z.object({
  format_version: z.string().regex(/^1\./).optional(),
  errored: z.literal(false),
  complete: z.literal(true).default(true),
  resource_changes: z.array(resource).default([]),
  /** The configuration of the root module. The stacks have no other modules. */
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

/** Thrown if a plan cannot be reviewed because it failed, is incomplete, or has an unknown format. */
export class UnreviewablePlanError extends Error {
  override readonly name = 'UnreviewablePlanError';
}

/** @throws {UnreviewablePlanError} the plan is not a complete plan in Terraform's JSON format 1. */
export function readPlan(plan: Plan): ReviewedPlan {
  const { data, error } = schema.safeParse(plan);
  if (data !== undefined) return data;
  // Show only the paths, because the values may be secret.
  const where = [...new Set(error.issues.map(({ path }) => path.join('.') || 'the whole plan'))].slice(0, 5).join(', ');
  throw new UnreviewablePlanError(
    `The plan cannot be reviewed (${where}). It must be a complete plan without errors, as \`terraform show -json\` writes it.`,
  );
}

/** Returns all managed resources of the stack, with their values before and after. */
export function listManaged({ resource_changes }: ReviewedPlan): ReviewedResource[] {
  return resource_changes.filter(({ mode }) => mode === 'managed');
}

/** Returns the managed resources that the plan changes. */
export function listTouched(plan: ReviewedPlan): ReviewedResource[] {
  return listManaged(plan).filter(({ change }) =>
    change.actions.some((action) => action !== 'no-op' && action !== 'read'),
  );
}

/** Returns the value at a path such as `versioning_configuration.0.status`. A mark on an object also applies to its parts. */
export function readValue(tree: unknown, path: string): unknown {
  let found = tree;
  for (const step of path.split('.')) {
    if (found === true) return true;
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Values)[step];
  }
  return found;
}

/** Returns whether anything in the value is marked as unknown or sensitive. */
export function isMarked(marks: unknown): boolean {
  if (typeof marks !== 'object' || marks === null) return marks === true;
  return Object.values(marks).some(isMarked);
}
