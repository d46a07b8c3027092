/** The side of the worker: files are read here, away from the page. */
import {
  type CsvBytes,
  diffRows,
  EXPORT_BYTES_AT_MOST,
  type Mapping,
  type MappingSample,
  mapExport,
  matchesTemplate,
  type Preview,
  type Proposal,
  previewCsv,
  proposeMapping,
  type RowFix,
  type RowsDiff,
  readHead,
  readRows,
  replaceRows,
  sampleMapping,
} from '@centflow/preview';
import { expose } from 'comlink';
import type { MappedFile, Recognised, Template } from '../cards/cards.ts';
import { contractOf, contracts, type Feed } from '../shared/feeds.ts';
import { feedByHeader } from './feed-by-header.ts';
import { blobOf, headOf, plainBytes, plainHead, storedBlob } from './file-bytes.ts';
import { fileOfRows } from './file-of-rows.ts';
import { expandedAtMost, type FileSource, type MappingLayout } from './worker.ts';

const runs = new Map<number, AbortController>();

const work = {
  async recognise(source: Blob, name: string, templates: readonly Template[]): Promise<Recognised> {
    const { header } = await readHead(source, { name });
    const feed = feedByHeader(header, contracts);
    if (feed !== null) return { kind: 'feed', feed: feed as Feed };
    const head = await plainHead(source, name);
    const template = templates.find(({ mapping }) => matchesTemplate(head, mapping));
    if (template !== undefined) return { kind: 'template', ...template };
    return { kind: 'unknown', header: proposeMapping(head).mapping.header };
  },

  async preview(
    run: number,
    source: Blob,
    name: string,
    feed: Feed,
    onProgress: (share: number) => void,
  ): Promise<Preview> {
    const controller = new AbortController();
    runs.set(run, controller);
    try {
      return await previewCsv(source, contractOf(feed), {
        name,
        signal: controller.signal,
        onProgress: oftenEnough(onProgress),
      });
    } finally {
      runs.delete(run);
    }
  },

  stop(run: number): void {
    runs.get(run)?.abort();
  },

  async map(source: Blob, name: string, mapping: Mapping): Promise<MappedFile[]> {
    const { files } = await mapExport(await plainBytes(source, name, EXPORT_BYTES_AT_MOST), mapping, contracts);
    return files.map(({ feed, parts }) => ({ feed, source: new Blob([...parts]) }));
  },

  async propose(source: Blob, name: string, layout?: MappingLayout): Promise<Proposal> {
    return proposeMapping(await plainHead(source, name), layout);
  },

  async sample(source: Blob, name: string, mapping: Mapping): Promise<MappingSample> {
    return sampleMapping(await plainHead(source, name), mapping);
  },

  async headerOf(source: FileSource, name: string): Promise<readonly string[]> {
    return (await readHead(await headOf(source, name), { name })).header;
  },

  async rowsAround(source: FileSource, name: string, from: number, to: number) {
    return readRows(await blobOf(source), { name, from, to });
  },

  async replaceRows(source: FileSource, name: string, fixes: readonly RowFix[]): Promise<Blob> {
    const bytes = await plainBytes(source, name, expandedAtMost);
    return storedBlob(new Uint8Array(replaceRows(bytes, fixes)), name);
  },

  fileOfRows,

  async diff(
    feed: string,
    before: { readonly source: FileSource; readonly name: string },
    after: { readonly source: FileSource; readonly name: string },
  ): Promise<RowsDiff> {
    const files: [CsvBytes, CsvBytes] = await Promise.all([blobOf(before.source), blobOf(after.source)]);
    return diffRows(...files, contractOf(feed), {
      names: [before.name, after.name],
      bytesAtMost: expandedAtMost,
    });
  },
};

/** What the page may ask. */
export type PreviewWork = typeof work;

expose(work);

/** Each call crosses to the page: a few a second are all that an eye sees. */
function oftenEnough(onProgress: (share: number) => void): (share: number) => void {
  let last = 0;
  return (share) => {
    const now = performance.now();
    if (now - last < 80) return;
    last = now;
    onProgress(share);
  };
}
