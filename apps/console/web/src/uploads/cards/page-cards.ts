/** The cards of the signed-in person, with the real worker, API and storage. */
import { notifications } from '@mantine/notifications';
import { useSyncExternalStore } from 'react';
import { describeError } from '../../api/problem.ts';
import { queryClient } from '../../api/query-client.ts';
import { getCurrentOwner } from '../../session/current-owner.ts';
import { formatCount } from '../../shared/numbers.ts';
import { fixDrafts } from '../drafts.ts';
import { fetchProgress } from '../follow/fetch-progress.ts';
import { identifyFile } from '../sending/file-identity.ts';
import { putBlob } from '../sending/put-blob.ts';
import { sendApi } from '../sending/send-api.ts';
import { discardSend, sendFile } from '../sending/send-file.ts';
import { createSendStore, type UnfinishedSend } from '../sending/send-store.ts';
import type { Feed } from '../shared/feeds.ts';
import { stateTitles } from '../shared/state-titles.ts';
import { fetchTemplates } from '../templates/templates.ts';
import { fetchNewestVersion } from '../versions/newest-version.ts';
import { previewWorker } from '../worker/worker.ts';
import { type Basis, type Card, getFixDraftId } from './card.ts';
import { Cards } from './cards.ts';
import { fetchOverlap } from './overlap.ts';

/** The sends that a reload or a crash interrupted. */
export const sendStore = createSendStore();

export const cards = new Cards({
  templates: fetchTemplates,
  recognise: (source, fileName, templates) => previewWorker.recognise(source, fileName, templates),
  map: ({ source, fileName, mapping }) => previewWorker.map(source, fileName, mapping),
  preview: (request) => previewWorker.preview(request),
  overlap: fetchOverlap,
  findExisting: async (feed, name) => {
    const objectKey = `raw/${feed}/owner=${await getCurrentOwner()}/${name}`;
    const newest = await fetchNewestVersion(objectKey);
    return newest === null ? null : { objectKey, ...newest };
  },
  countBytesSent: async (source, feed, name) => {
    const send = await findUnfinishedSend(source, feed, name);
    if (send === undefined) return 0;
    const parts = await sendApi.parts(send);
    if (parts === null) await sendStore.delete(send);
    return (parts ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  },
  send: async ({ source, ...sending }) =>
    sendFile({
      ...sending,
      owner: await getCurrentOwner(),
      file: source,
      api: sendApi,
      put: putBlob,
      store: sendStore,
    }),
  discard: async (source, feed, name) => {
    const send = await findUnfinishedSend(source, feed, name);
    if (send !== undefined) await discardSend(sendApi, sendStore, send);
  },
  getProgress: fetchProgress,
  onSettled: (card, { stage, upload }) => {
    // Reloads all data, because dashboards, transactions and lists may have changed.
    void queryClient.invalidateQueries();
    if (stage === 'published' && card.basedOn !== null && upload !== undefined) void moveDraft(card.basedOn, upload);
    notifications.show(
      stage === 'published' && upload !== undefined
        ? {
            title: card.name,
            message: `${formatCount(upload.rowsPublished, 'row')} imported.`,
            color: 'spruce',
            withBorder: true,
          }
        : {
            title: card.name,
            message: upload?.reason ?? `${stateTitles[stage]}.`,
            color: 'red',
            withBorder: true,
            autoClose: 10_000,
          },
    );
  },
  describeError,
});

export function useCards(): readonly Card[] {
  return useSyncExternalStore(cards.subscribe, cards.all);
}

async function findUnfinishedSend(source: Blob, feed: Feed, name: string): Promise<UnfinishedSend | undefined> {
  return sendStore.find(await getCurrentOwner(), feed, await identifyFile(source, name));
}

/**
 * Moves the edits that are not valid yet to the new version of the file, which contains the valid edits. Row numbers
 * are the same in both versions.
 */
async function moveDraft(from: Basis, to: Pick<Basis, 'uploadId' | 'versionId'>): Promise<void> {
  const draft = (await fixDrafts.read(getFixDraftId(from))) ?? {};
  const rest = Object.entries(draft).filter(([rowNo]) => !from.rows.includes(Number(rowNo)));
  if (rest.length > 0) await fixDrafts.save(getFixDraftId(to), Object.fromEntries(rest));
  await fixDrafts.delete(getFixDraftId(from));
}
