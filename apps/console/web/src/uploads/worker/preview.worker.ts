/** The web worker that reads files outside the page's main thread. */
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
import { contracts, type Feed, getContract } from '../shared/feeds.ts';
import { buildCsvFile } from './build-csv-file.ts';
import { findFeedByHeader } from './feed-by-header.ts';
import { encodeForStorage, fetchBlob, fetchHead, readAllBytes, readHeadBytes } from './file-bytes.ts';
import { expandedAtMost, type FileSource, type MappingLayout } from './worker.ts';

const runs = new Map<number, AbortController>();

const work = {
  async recognise(source: Blob, name: string, templates: readonly Template[]): Promise<Recognised> {
    const { header } = await readHead(source, { name });
    const feed = findFeedByHeader(header, contracts);
    if (feed !== null) return { kind: 'feed', feed: feed as Feed };
    const head = await readHeadBytes(source, name);
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
      return await previewCsv(source, getContract(feed), {
        name,
        signal: controller.signal,
        onProgress: throttle(onProgress),
      });
    } finally {
      runs.delete(run);
    }
  },

  stop(run: number): void {
    runs.get(run)?.abort();
  },

  async map(source: Blob, name: string, mapping: Mapping): Promise<MappedFile[]> {
    const { files } = await mapExport(await readAllBytes(source, name, EXPORT_BYTES_AT_MOST), mapping, contracts);
    return files.map(({ feed, parts }) => ({ feed, source: new Blob([...parts]) }));
  },

  async propose(source: Blob, name: string, layout?: MappingLayout): Promise<Proposal> {
    return proposeMapping(await readHeadBytes(source, name), layout);
  },

  async sample(source: Blob, name: string, mapping: Mapping): Promise<MappingSample> {
    return sampleMapping(await readHeadBytes(source, name), mapping);
  },

  async headerOf(source: FileSource, name: string): Promise<readonly string[]> {
    return (await readHead(await fetchHead(source, name), { name })).header;
  },

  async rowsAround(source: FileSource, name: string, from: number, to: number) {
    return readRows(await fetchBlob(source), { name, from, to });
  },

  async replaceRows(source: FileSource, name: string, fixes: readonly RowFix[]): Promise<Blob> {
    const bytes = await readAllBytes(source, name, expandedAtMost);
    return encodeForStorage(new Uint8Array(replaceRows(bytes, fixes)), name);
  },

  buildCsvFile,

  async diff(
    feed: string,
    before: { readonly source: FileSource; readonly name: string },
    after: { readonly source: FileSource; readonly name: string },
  ): Promise<RowsDiff> {
    const files: [CsvBytes, CsvBytes] = await Promise.all([fetchBlob(before.source), fetchBlob(after.source)]);
    return diffRows(...files, getContract(feed), {
      names: [before.name, after.name],
      bytesAtMost: expandedAtMost,
    });
  },
};

/** The functions that the page can call. */
export type PreviewWork = typeof work;

expose(work);

/** Limits progress reports to a few per second, because each report is a message to the page. */
function throttle(onProgress: (share: number) => void): (share: number) => void {
  let last = 0;
  return (share) => {
    const now = performance.now();
    if (now - last < 80) return;
    last = now;
    onProgress(share);
  };
}
