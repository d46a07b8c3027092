/** The worker that reads, maps, compares and rewrites files, so that the page never stands still. */
import type { Mapping, Preview, RowFix, RowsDiff } from '@centflow/preview';
import { proxy, type Remote, wrap } from 'comlink';
import type { MappedFile, Recognised, Template } from '../cards/cards.ts';
import type { Feed } from '../shared/feeds.ts';
import type { PreviewWork } from './preview.worker.ts';

/** A larger file is not rewritten or compared in the browser: it would stand in memory several times. */
export const rewrittenAtMost = 64 * 2 ** 20;

/** The same once it is expanded: a small file may hold a thousand times its size. */
export const expandedAtMost = 2 * rewrittenAtMost;

/** How an export is written, where a person knows better. */
export type MappingLayout = Partial<Pick<Mapping, 'delimiter' | 'encoding' | 'headerRow'>>;

/** Bytes here, or the address where they can be read. */
export type FileSource = Blob | string;

let started: Remote<PreviewWork> | undefined;

/** Started with the first file: whoever only looks at the history pays nothing for it. */
function work(): Remote<PreviewWork> {
  started ??= wrap<PreviewWork>(
    new Worker(new URL('./preview.worker.ts', import.meta.url), { type: 'module', name: 'preview' }),
  );
  return started;
}

let nextRun = 1;

export const previewWorker = {
  recognise: (source: Blob, name: string, templates: readonly Template[]): Promise<Recognised> =>
    work().recognise(
      source,
      name,
      templates.map(({ name, mapping }) => ({ name, mapping })),
    ),

  async preview({
    source,
    name,
    feed,
    signal,
    onProgress,
  }: {
    readonly source: Blob;
    readonly name: string;
    readonly feed: Feed;
    readonly signal: AbortSignal;
    readonly onProgress: (share: number) => void;
  }): Promise<Preview> {
    signal.throwIfAborted();
    const run = nextRun++;
    // A signal cannot go into a worker: its run is stopped by number.
    const stop = () => void work().stop(run);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await work().preview(run, source, name, feed, proxy(onProgress));
    } finally {
      signal.removeEventListener('abort', stop);
      signal.throwIfAborted();
    }
  },

  map: (source: Blob, name: string, mapping: Mapping): Promise<MappedFile[]> => work().map(source, name, mapping),
  sample: (source: Blob, name: string, mapping: Mapping) => work().sample(source, name, mapping),
  propose: (source: Blob, name: string, changes?: MappingLayout) => work().propose(source, name, changes),
  headerOf: (source: FileSource, name: string): Promise<readonly string[]> => work().headerOf(source, name),
  rowsAround: (source: FileSource, name: string, from: number, to: number) => work().rowsAround(source, name, from, to),
  replaceRows: (source: FileSource, name: string, fixes: readonly RowFix[]): Promise<Blob> =>
    work().replaceRows(source, name, fixes),
  buildCsvFile: (rows: readonly (readonly string[])[]): Promise<Blob> => work().buildCsvFile(rows),
  diff: (
    feed: string,
    before: { source: FileSource; name: string },
    after: { source: FileSource; name: string },
  ): Promise<RowsDiff> => work().diff(feed, before, after),
};
