/** The parts of a plan that this package reads, as `terraform show -json` writes them. */

export type Action = 'no-op' | 'create' | 'read' | 'update' | 'delete' | 'forget';

export interface ResourceChange {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly change: {
    readonly actions: readonly Action[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    /** An object in the shape of `after`, with `true` for each value that is known only after the apply. */
    readonly after_unknown: unknown;
  };
}

export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly Action[] }>>;
  readonly errored: boolean;
  /** The expressions of each resource's attributes, with their references. */
  readonly configuration?: unknown;
}

/** Returns the resource changes that applying the plan would make. */
export function changesOf(plan: Plan): ResourceChange[] {
  return (plan.resource_changes ?? []).filter(({ change }) => !change.actions.every((action) => action === 'no-op'));
}

/** Returns a summary such as `2 to create, 1 to replace`, or `nothing to do`. */
export function summaryOf(plan: Plan): string {
  const counts = new Map<string, number>();
  for (const { change } of changesOf(plan)) {
    const what = change.actions.length > 1 ? 'replace' : (change.actions[0] ?? 'no-op');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} to ${what}`).join(', ') || 'nothing to do';
}

/** Returns whether applying the plan would delete an existing resource. */
export function destroys(plan: Plan): boolean {
  return changesOf(plan).some(({ change }) => change.actions.includes('delete'));
}
