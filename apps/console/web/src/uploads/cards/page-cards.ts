/** The cards of whoever is signed in, with the real worker, API and storage behind them. */
import { notifications } from '@mantine/notifications';
import { useSyncExternalStore } from 'react';
import { describeError } from '../../api/problem.ts';
import { queryClient } from '../../api/query-client.ts';
import { currentOwner } from '../../session/current-owner.ts';
import { formatCount } from '../../shared/numbers.ts';
import { fixDrafts } from '../drafts.ts';
import { fetchProgress } from '../follow/fetch-progress.ts';
import { identifyFile } from '../sending/file-identity.ts';
import { type KeptSend, keptSends } from '../sending/kept-sends.ts';
import { putBlob } from '../sending/put-blob.ts';
import { sendApi } from '../sending/send-api.ts';
import { discardSend, sendFile } from '../sending/send-file.ts';
import type { Feed } from '../shared/feeds.ts';
import { stateTitles } from '../shared/state-titles.ts';
import { fetchTemplates } from '../templates/templates.ts';
import { fetchNewestVersion } from '../versions/newest-version.ts';
import { previewWorker } from '../worker/worker.ts';
import { type Basis, type Card, getFixDraftId } from './card.ts';
import { Cards } from './cards.ts';
import { fetchOverlap } from './overlap.ts';

/** Sends that a reload or a crash cut off. */
export const kept = keptSends();

export const cards = new Cards({
  templates: fetchTemplates,
  recognise: (source, fileName, templates) => previewWorker.recognise(source, fileName, templates),
  map: ({ source, fileName, mapping }) => previewWorker.map(source, fileName, mapping),
  preview: (request) => previewWorker.preview(request),
  overlap: fetchOverlap,
  findExisting: async (feed, name) => {
    const objectKey = `raw/${feed}/owner=${await currentOwner()}/${name}`;
    const newest = await fetchNewestVersion(objectKey);
    return newest === null ? null : { objectKey, ...newest };
  },
  countBytesSent: async (source, feed, name) => {
    const send = await findKeptSend(source, feed, name);
    if (send === undefined) return 0;
    const parts = await sendApi.parts(send);
    if (parts === null) await kept.forget(send);
    return (parts ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  },
  send: async ({ source, ...sending }) =>
    sendFile({ ...sending, owner: await currentOwner(), file: source, api: sendApi, put: putBlob, kept }),
  discard: async (source, feed, name) => {
    const send = await findKeptSend(source, feed, name);
    if (send !== undefined) await discardSend(sendApi, kept, send);
  },
  getProgress: fetchProgress,
  onSettled: (card, { stage, upload }) => {
    // Dashboards, transactions, lists: all of them may show other figures now.
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

async function findKeptSend(source: Blob, feed: Feed, name: string): Promise<KeptSend | undefined> {
  return kept.find(await currentOwner(), feed, await identifyFile(source, name));
}

/** What was edited and is wrong still goes on with the version that has the other fixes: its rows have the same numbers. */
async function moveDraft(from: Basis, to: Pick<Basis, 'uploadId' | 'versionId'>): Promise<void> {
  const draft = (await fixDrafts.read(getFixDraftId(from))) ?? {};
  const rest = Object.entries(draft).filter(([rowNo]) => !from.rows.includes(Number(rowNo)));
  if (rest.length > 0) await fixDrafts.keep(getFixDraftId(to), Object.fromEntries(rest));
  await fixDrafts.forget(getFixDraftId(from));
}
