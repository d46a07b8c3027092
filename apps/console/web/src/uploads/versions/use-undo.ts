/** Undoes or restores a version, and then polls until the figures have changed. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { api, readAnswer } from '../../api/client.ts';
import { fetchProgress } from '../follow/fetch-progress.ts';
import { follow, isSettled, type Progress } from '../follow/follow.ts';
import type { UndoStep } from './undo.ts';

export interface Undone {
  readonly words: string;
  /** The id of the restored version's upload. */
  readonly uploadId: number | null;
}

export function useUndo(upload: Pick<Upload, 'uploadId' | 'objectKey'>) {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<string | null>(null);
  const mutation = useMutation({
    mutationFn: async (step: UndoStep): Promise<Undone> => {
      setProgress('Starting…');
      const undone =
        step.kind === 'remove' ? await remove(upload, step, setProgress) : await restore(upload, step, setProgress);
      // Reloads all data, because dashboards, transactions and this page may have changed.
      await queries.invalidateQueries();
      return undone;
    },
    onSettled: () => setProgress(null),
  });
  return { ...mutation, progress, data: mutation.data ?? null };
}

async function remove(
  { uploadId, objectKey }: Pick<Upload, 'uploadId' | 'objectKey'>,
  { newestVersionId }: UndoStep,
  tell: (words: string) => void,
): Promise<Undone> {
  await readAnswer(api.objects.remove.$post({ json: { objectKey, newestVersionId } }));
  tell('Removing its rows from your figures…');
  const { stage } = await waitUntilSettled({
    getProgress: async (signal) => {
      const upload = await readAnswer(
        api.uploads[':uploadId'].$get({ param: { uploadId: String(uploadId) }, query: {} }, { init: { signal } }),
      );
      return { stage: upload.state };
    },
    settled: ({ stage }) => stage !== 'published' && isSettled(stage),
  });
  return stage === 'retired'
    ? { words: 'Undone. These rows no longer count.', uploadId: null }
    : {
        words: 'This upload changed in the meantime. Check the versions below.',
        uploadId: null,
      };
}

async function restore(
  { objectKey }: Pick<Upload, 'objectKey'>,
  step: Exclude<UndoStep, { kind: 'remove' }>,
  tell: (words: string) => void,
): Promise<Undone> {
  const { versionId } = await readAnswer(
    api.objects.restore.$post({
      json: { objectKey, versionId: step.to.versionId, newestVersionId: step.newestVersionId },
    }),
  );
  tell('Bringing the rows of that version back into your figures…');
  const { stage, upload } = await waitUntilSettled({
    getProgress: (signal) => fetchProgress(objectKey, versionId, signal),
  });
  const uploadId = upload?.uploadId ?? null;
  if (stage === 'rejected')
    return { words: `That version was not imported. ${upload?.reason ?? 'Open that version to see why.'}`, uploadId };
  return {
    words:
      step.kind === 'bring-back'
        ? 'Restored. The rows of this version count again.'
        : 'Undone. The rows of the earlier version count again.',
    uploadId,
  };
}

function waitUntilSettled(following: {
  getProgress: (signal: AbortSignal) => Promise<Progress>;
  settled?: (progress: Progress) => boolean;
}): Promise<Progress> {
  return follow({
    ...following,
    signal: AbortSignal.timeout(10 * 60_000),
    onProgress: () => undefined,
    onOffline: () => undefined,
  });
}
