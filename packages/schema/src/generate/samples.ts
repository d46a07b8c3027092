import { stringify } from 'csv-stringify/sync';
import { gzipSync } from 'fflate';
import { type Feed, objectPrefix } from '../define-feed.ts';
import { type SampleFile, sampleFiles } from '../samples/files.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';

/** The folder whose `raw/` mirrors the bucket's. */
export const samplesFolder = 'samples';

/** Every sample CSV: each feed's example, and the files of the three households. */
export function renderSamples(feeds: readonly Feed[]): GeneratedFile[] {
  return [...feeds.map(renderExample), ...sampleFiles().map((file) => renderFile(file, feeds))];
}

/** A feed's example: the rows of its definition, in a file with no owner's folder. */
function renderExample(feed: Feed): GeneratedFile {
  const headers = feed.headers.map(({ header }) => header);
  return textFile(`${samplesFolder}/${objectPrefix(feed)}example.csv`, renderCsv(headers, feed.samples));
}

function renderFile(
  { feed: name, owner, name: file, rows, without = [], ragged = [] }: SampleFile,
  feeds: readonly Feed[],
) {
  const feed = feeds.find((candidate) => candidate.name === name);
  if (feed === undefined) throw new TypeError(`The samples hold ${file} of ${name}, which is no feed.`);
  const headers = feed.headers.map(({ header }) => header).filter((header) => !without.includes(header));
  const csv = renderCsv(headers, rows) + ragged.map((line) => `${line}\n`).join('');
  const path = `${samplesFolder}/${objectPrefix(feed)}owner=${owner}/${file}`;
  // Made by fflate and not by zlib, whose bytes differ from one processor to another; no time in the header.
  return file.endsWith('.gz') ? { path, bytes: gzipSync(Buffer.from(csv), { mtime: 0 }) } : textFile(path, csv);
}

function renderCsv(headers: readonly string[], rows: SampleFile['rows']): string {
  return stringify([...rows], { header: true, columns: [...headers], record_delimiter: 'unix' });
}
