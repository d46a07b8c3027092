/** Applies and destroys the stack that creates the bucket for its own state. */
import { StateBucketMissingError } from './errors.ts';
import type { WorkingDirectory } from './working-directory.ts';

/** The override that stores the state in the working directory. */
export const localBackend = { terraform: { backend: { local: { path: 'terraform.tfstate' } } } } as const;

/**
 * Applies the stack that creates the bucket for its own state. The first apply uses a local state, and then moves the
 * state to the bucket. If this apply is interrupted, the next one continues it. Later applies use the bucket.
 *
 * @param confirm called before the new plan is applied; throws to cancel
 */
export async function applyWithOwnState(directory: WorkingDirectory, confirm: () => Promise<void>): Promise<void> {
  const moved = !directory.hasLocalState() && (await findsBucket(directory));
  if (!moved) {
    directory.override('backend', localBackend);
    await directory.init();
  }
  if (await directory.plan()) {
    await confirm();
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

/** Destroys the stack and its bucket, after moving its state to a local file. All other states must already be empty. */
export async function destroyWithOwnState(directory: WorkingDirectory): Promise<void> {
  await directory.init();
  directory.override('backend', localBackend);
  await directory.init({ migrate: true });
  if (await directory.plan({ destroy: true })) await directory.apply();
  directory.removeLocalState();
}
