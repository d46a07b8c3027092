/** Determines the effect of undo and redo on an upload, from the versions of the upload's object key. */
import type { ObjectVersion } from '../../../../api/contract/objects.ts';

export type UndoStep =
  /** The object has no earlier version, so a delete marker hides the object. */
  | { readonly kind: 'remove'; readonly newestVersionId: string }
  /** It corrected an earlier version, which is copied over the key. */
  | { readonly kind: 'go-back'; readonly to: ObjectVersion; readonly newestVersionId: string }
  /** It was undone or replaced: it is copied over the key again. */
  | { readonly kind: 'bring-back'; readonly to: ObjectVersion; readonly newestVersionId: string };

/**
 * Returns the step that the page of a version offers, or null.
 *
 * The newest version can be undone, and any other version can be restored. A rejected version is never restored,
 * because its rows were never visible.
 */
export function findUndoStep(versions: readonly ObjectVersion[], versionId: string): UndoStep | null {
  const [newest] = versions;
  const own = versions.find((version) => version.versionId === versionId);
  if (newest === undefined || own === undefined || own.isDeleteMarker) return null;
  const newestVersionId = newest.versionId;
  if (own.versionId !== newestVersionId)
    return own.state === 'rejected' ? null : { kind: 'bring-back', to: own, newestVersionId };
  const before = versions[1];
  if (before === undefined || before.isDeleteMarker) return { kind: 'remove', newestVersionId };
  const to = versions.slice(1).find(({ isDeleteMarker, state }) => !isDeleteMarker && state !== 'rejected');
  return to === undefined ? { kind: 'remove', newestVersionId } : { kind: 'go-back', to, newestVersionId };
}

/**
 * Returns the version that the given version replaced. Returns null for a first version and for a version sent after an
 * undo.
 */
export function findVersionBefore(versions: readonly ObjectVersion[], versionId: string): ObjectVersion | null {
  const at = versions.findIndex((version) => version.versionId === versionId);
  const older = at < 0 ? [] : versions.slice(at + 1);
  return older.find(({ isDeleteMarker }) => !isDeleteMarker) ?? null;
}
