import type { StageName } from '@centflow/infra';

/** Thrown if an apply fails half-way, so that the stack is partly changed. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  /** The stages that were applied completely. */
  readonly applied: readonly StageName[];

  constructor(stack: string, applied: readonly StageName[], cause: unknown) {
    const before =
      applied.length === 0 ? 'No earlier stack was changed' : `These stages were applied before: ${applied.join(', ')}`;
    super(
      `${stack} stopped: ${cause instanceof Error ? cause.message : cause}\n${before}. Later stacks were not changed.  ` +
        'Fix the reported problem and run the same deployment again. It applies the remaining changes. ' +
        'A failed migration continues with the failed statement. To roll back instead, see docs/delivery.md.',
      { cause },
    );
    this.applied = applied;
  }
}
