/** Takes the step that undoes or redoes, and follows it until the figures have changed. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { answerOf, api } from '../../api/client.ts';
import { follow, isSettled, type Progress } from '../follow/follow.ts';
import { lookAtVersion } from '../follow/look.ts';
import type { UndoStep } from './undo.ts';

export interface Undone {
  readonly words: string;
  /** The upload that a version brought back has become. */
  readonly uploadId: number | null;
}

export function useUndo(upload: Pick<Upload, 'uploadId' | 'objectKey'>) {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<string | null>(null);
  const mutation = useMutation({
    mutationFn: async (step: UndoStep): Promise<Undone> => {
      setProgress('Asking the storage…');
      const undone =
        step.kind === 'remove' ? await remove(upload, step, setProgress) : await restore(upload, step, setProgress);
      // Every figure may have changed: dashboards, transactions, this page.
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
  await answerOf(api.objects.remove.$post({ json: { objectKey, newestVersionId } }));
  tell('It is hidden. Waiting until its rows are out of the figures…');
  const { stage } = await untilSettled({
    look: async (signal) => {
      const upload = await answerOf(
        api.uploads[':uploadId'].$get({ param: { uploadId: String(uploadId) }, query: {} }, { init: { signal } }),
      );
      return { stage: upload.state };
    },
    settled: ({ stage }) => stage !== 'published' && isSettled(stage),
  });
  return stage === 'retired'
    ? { words: 'Undone: its rows are out of every figure.', uploadId: null }
    : { words: 'Something else happened to it meanwhile: look at the versions below.', uploadId: null };
}

async function restore(
  { objectKey }: Pick<Upload, 'objectKey'>,
  step: Exclude<UndoStep, { kind: 'remove' }>,
  tell: (words: string) => void,
): Promise<Undone> {
  const { versionId } = await answerOf(
    api.objects.restore.$post({
      json: { objectKey, versionId: step.to.versionId, newestVersionId: step.newestVersionId },
    }),
  );
  tell('That version is the newest again. Waiting until its rows are in the figures…');
  const { stage, upload } = await untilSettled({ look: (signal) => lookAtVersion(objectKey, versionId, signal) });
  const uploadId = upload?.uploadId ?? null;
  if (stage === 'rejected') return { words: `It was rejected: ${upload?.reason ?? 'no reason is known.'}`, uploadId };
  return {
    words:
      step.kind === 'bring-back'
        ? 'Brought back: its rows are in the figures again.'
        : 'Undone: the version before is in the figures again.',
    uploadId,
  };
}

function untilSettled(following: {
  look: (signal: AbortSignal) => Promise<Progress>;
  settled?: (progress: Progress) => boolean;
}): Promise<Progress> {
  return follow({
    ...following,
    signal: AbortSignal.timeout(10 * 60_000),
    onProgress: () => undefined,
    onOffline: () => undefined,
  });
}
