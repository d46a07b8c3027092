import { stringify } from 'csv-stringify/sync';
import { gzipSync } from 'fflate';
import { type Feed, objectPrefix } from '../define-feed.ts';
import { type SampleFile, sampleFiles } from '../samples/files.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';

/** The folder whose `raw/` has the layout of the bucket. */
export const samplesFolder = 'samples';

/** Renders every sample CSV: each feed's example, and the files of the three households. */
export function renderSamples(feeds: readonly Feed[]): GeneratedFile[] {
  return [...feeds.map(renderExample), ...sampleFiles().map((file) => renderFile(file, feeds))];
}

/** Renders a feed's example: the rows of its definition, in a file without an owner's folder. */
function renderExample(feed: Feed): GeneratedFile {
  const headers = feed.headers.map(({ header }) => header);
  return textFile(`${samplesFolder}/${objectPrefix(feed)}example.csv`, renderCsv(headers, feed.samples));
}

function renderFile(
  { feed: name, owner, name: file, rows, without = [], ragged = [] }: SampleFile,
  feeds: readonly Feed[],
) {
  const feed = feeds.find((candidate) => candidate.name === name);
  if (feed === undefined) throw new TypeError(`The samples contain ${file} of ${name}, but there is no such feed.`);
  const headers = feed.headers.map(({ header }) => header).filter((header) => !without.includes(header));
  const csv = renderCsv(headers, rows) + ragged.map((line) => `${line}\n`).join('');
  const path = `${samplesFolder}/${objectPrefix(feed)}owner=${owner}/${file}`;
  // fflate writes the same bytes on every processor, which zlib does not. The header holds no time.
  return file.endsWith('.gz') ? { path, bytes: gzipSync(Buffer.from(csv), { mtime: 0 }) } : textFile(path, csv);
}

function renderCsv(headers: readonly string[], rows: SampleFile['rows']): string {
  return stringify([...rows], { header: true, columns: [...headers], record_delimiter: 'unix' });
}
