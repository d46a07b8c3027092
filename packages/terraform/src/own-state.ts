/** The stack that makes the bucket in which its own state is kept. */
import { StateBucketMissingError } from './errors.ts';
import type { WorkingDirectory } from './working-directory.ts';

/** A state beside the stack. */
export const localBackend = { terraform: { backend: { local: { path: 'terraform.tfstate' } } } } as const;

/**
 * Applies the stack: the first time with a local state, which then moves into the bucket. What was interrupted goes on where
 * it was; applied again, it changes what differs.
 *
 * @param agree called before the plan that was just made is applied; it throws where nobody wants that
 */
export async function applyWithOwnState(directory: WorkingDirectory, agree: () => Promise<void>): Promise<void> {
  const moved = !directory.hasLocalState() && (await findsBucket(directory));
  if (!moved) {
    directory.override('backend', localBackend);
    await directory.init();
  }
  if (await directory.plan()) {
    await agree();
    await directory.apply();
  }
  if (!moved) {
    directory.override('backend', undefined);
    await directory.init({ migrate: true });
    directory.removeLocalState();
  }
}

async function findsBucket(directory: WorkingDirectory): Promise<boolean> {
  directory.override('backend', undefined);
  try {
    await directory.init();
    return true;
  } catch (error) {
    if (error instanceof StateBucketMissingError) return false;
    throw error;
  }
}

/** Destroys the stack and with it the bucket: its state is taken out first. Every other state must be empty by then. */
export async function destroyWithOwnState(directory: WorkingDirectory): Promise<void> {
  await directory.init();
  directory.override('backend', localBackend);
  await directory.init({ migrate: true });
  if (await directory.plan({ destroy: true })) await directory.apply();
  directory.removeLocalState();
}
