import type { StageName } from '@centflow/infra';

/** An apply failed half-way, so that the stack is partly changed. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  /** The stages that were applied completely. */
  readonly applied: readonly StageName[];

  constructor(stack: string, applied: readonly StageName[], cause: unknown) {
    const before = applied.length === 0 ? 'No stack before it was changed' : `Applied before it: ${applied.join(', ')}`;
    super(
      `${stack} stopped: ${cause instanceof Error ? cause.message : cause}\n${before}. Later stacks were not changed.  ` +
        'Fix the reported problem and run the same deployment again. It continues with the remaining work. ' +
        'A failed migration continues with the statement that failed. Or roll back: docs/delivery.md.',
      { cause },
    );
    this.applied = applied;
  }
}
