/**
 * The page's interface to the worker that reads, maps, compares and rewrites files, so that the page stays responsive.
 */
import type { Mapping, Preview, RowFix, RowsDiff } from '@centflow/preview';
import { proxy, type Remote, wrap } from 'comlink';
import type { MappedFile, Recognised, Template } from '../cards/cards.ts';
import type { Feed } from '../shared/feeds.ts';
import type { PreviewWork } from './preview.worker.ts';

/**
 * The maximum size, in bytes, of a file that the browser rewrites or compares. That work needs several copies in
 * memory.
 */
export const rewrittenAtMost = 64 * 2 ** 20;

/** The maximum size after expansion, in bytes. A small compressed file may expand to a thousand times its size. */
export const expandedAtMost = 2 * rewrittenAtMost;

/** Settings of an export that a person has corrected. */
export type MappingLayout = Partial<Pick<Mapping, 'delimiter' | 'encoding' | 'headerRow'>>;

/** The file's bytes, or a URL from which to read them. */
export type FileSource = Blob | string;

let started: Remote<PreviewWork> | undefined;

/** Returns the worker, which starts with the first file instead of with the page. */
function getWorker(): Remote<PreviewWork> {
  started ??= wrap<PreviewWork>(
    new Worker(new URL('./preview.worker.ts', import.meta.url), { type: 'module', name: 'preview' }),
  );
  return started;
}

let nextRun = 1;

export const previewWorker = {
  recognise: (source: Blob, name: string, templates: readonly Template[]): Promise<Recognised> =>
    getWorker().recognise(
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
    // Numbers each call, because an AbortSignal cannot be sent to a worker. The page stops a call by its number.
    const stop = () => void getWorker().stop(run);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await getWorker().preview(run, source, name, feed, proxy(onProgress));
    } finally {
      signal.removeEventListener('abort', stop);
      signal.throwIfAborted();
    }
  },

  map: (source: Blob, name: string, mapping: Mapping): Promise<MappedFile[]> => getWorker().map(source, name, mapping),
  sample: (source: Blob, name: string, mapping: Mapping) => getWorker().sample(source, name, mapping),
  propose: (source: Blob, name: string, changes?: MappingLayout) => getWorker().propose(source, name, changes),
  headerOf: (source: FileSource, name: string): Promise<readonly string[]> => getWorker().headerOf(source, name),
  rowsAround: (source: FileSource, name: string, from: number, to: number) =>
    getWorker().rowsAround(source, name, from, to),
  replaceRows: (source: FileSource, name: string, fixes: readonly RowFix[]): Promise<Blob> =>
    getWorker().replaceRows(source, name, fixes),
  buildCsvFile: (rows: readonly (readonly string[])[]): Promise<Blob> => getWorker().buildCsvFile(rows),
  diff: (
    feed: string,
    before: { source: FileSource; name: string },
    after: { source: FileSource; name: string },
  ): Promise<RowsDiff> => getWorker().diff(feed, before, after),
};
