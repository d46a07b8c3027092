import { stringify } from 'csv-stringify/sync';
import { gzipSync } from 'fflate';
import { type Feed, objectPrefix } from '../define-feed.ts';
import { type SampleFile, sampleFiles } from '../samples/files.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';

/** The folder of the samples. Its `raw/` has the same layout as the bucket. */
export const samplesFolder = 'samples';

/** Renders all sample CSVs: an example of each feed, and the files of three invented households. */
export function renderSamples(feeds: readonly Feed[]): GeneratedFile[] {
  return [...feeds.map(renderExample), ...sampleFiles().map((file) => renderFile(file, feeds))];
}

/** Renders a feed's example from the sample rows in its definition. The file is not in an owner's folder. */
function renderExample(feed: Feed): GeneratedFile {
  const headers = feed.headers.map(({ header }) => header);
  return textFile(`${samplesFolder}/${objectPrefix(feed)}example.csv`, renderCsv(headers, feed.samples));
}

function renderFile(
  { feed: name, owner, name: file, rows, without = [], ragged = [] }: SampleFile,
  feeds: readonly Feed[],
) {
  const feed = feeds.find((candidate) => candidate.name === name);
  if (feed === undefined) throw new TypeError(`The sample ${file} belongs to ${name}, which is not a feed.`);
  const headers = feed.headers.map(({ header }) => header).filter((header) => !without.includes(header));
  const csv = renderCsv(headers, rows) + ragged.map((line) => `${line}\n`).join('');
  const path = `${samplesFolder}/${objectPrefix(feed)}owner=${owner}/${file}`;
  // fflate writes the same bytes on every processor, unlike zlib. `mtime: 0` omits the time from the header.
  return file.endsWith('.gz') ? { path, bytes: gzipSync(Buffer.from(csv), { mtime: 0 }) } : textFile(path, csv);
}

function renderCsv(headers: readonly string[], rows: SampleFile['rows']): string {
  return stringify([...rows], { header: true, columns: [...headers], record_delimiter: 'unix' });
}
