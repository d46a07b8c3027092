import type { StageName } from '@centflow/infra';

/** An apply did not come to its end: some is as it was, some is new. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  /** The stages that were applied whole. */
  readonly applied: readonly StageName[];

  constructor(stack: string, applied: readonly StageName[], cause: unknown) {
    const before = applied.length === 0 ? 'No stack before it was changed' : `Applied before it: ${applied.join(', ')}`;
    super(
      `${stack} stopped: ${cause instanceof Error ? cause.message : cause}\n${before}; what comes after it is as it was. ` +
        'Put right what it complains of and run the same deployment again: it does what is left. ' +
        'A migration that failed goes on with the statement that failed. Or roll back: docs/delivery.md.',
      { cause },
    );
    this.applied = applied;
  }
}
