/** What a plan says, as `terraform show -json` writes it: the parts that are read here. */

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
    /** The same shape as `after`, true where the value is known only after the apply. */
    readonly after_unknown: unknown;
  };
}

export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly Action[] }>>;
  readonly errored: boolean;
  /** How the stack writes each resource: what its attributes refer to. */
  readonly configuration?: unknown;
}

/** The resources that applying the plan would touch. */
export function changesOf(plan: Plan): ResourceChange[] {
  return (plan.resource_changes ?? []).filter(({ change }) => !change.actions.every((action) => action === 'no-op'));
}

/** `2 to create, 1 to replace`, or `nothing to do`. */
export function summaryOf(plan: Plan): string {
  const counts = new Map<string, number>();
  for (const { change } of changesOf(plan)) {
    const what = change.actions.length > 1 ? 'replace' : (change.actions[0] ?? 'no-op');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} to ${what}`).join(', ') || 'nothing to do';
}

/** Whether applying it would take something away that is there now. */
export function destroys(plan: Plan): boolean {
  return changesOf(plan).some(({ change }) => change.actions.includes('delete'));
}
