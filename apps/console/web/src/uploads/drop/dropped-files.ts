/** Which of the things dropped on the page can be looked at, and a word for each that cannot. */

export interface Skipped {
  readonly name: string;
  /** Why, and what to do. */
  readonly reason: string;
}

export interface Dropped {
  readonly files: readonly File[];
  readonly skipped: readonly Skipped[];
}

/** Must be called while the event is still going on: afterwards a browser forgets what was dropped. */
export function collectDroppedFiles(transfer: DataTransfer): Dropped {
  const folders: Skipped[] = [];
  const files: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) {
      folders.push({ name: entry.name, reason: 'This is a folder. Open it and drop the files inside.' });
    } else if (file !== null) files.push(file);
  }
  const { files: readable, skipped } = selectReadableFiles(files);
  return { files: readable, skipped: [...folders, ...skipped] };
}

/** Leaves out what can be no CSV by its name. */
export function selectReadableFiles(files: Iterable<File>): Dropped {
  const readable: File[] = [];
  const skipped: Skipped[] = [];
  for (const file of files) {
    const reason = explainSkip(file.name);
    if (reason === null) readable.push(file);
    else skipped.push({ name: file.name, reason });
  }
  return { files: readable, skipped };
}

/** Why a file of this name is not looked at; null where it is. */
export function explainSkip(name: string): string | null {
  // Some banks name their CSVs .txt or .tsv.
  if (/\.(csv|csv\.gz|txt|tsv)$/i.test(name)) return null;
  if (/\.(xlsx?|xlsm|ods|numbers)$/i.test(name)) {
    return 'This is a spreadsheet. Open it, save it as “CSV UTF-8” and drop that file.';
  }
  if (/\.(zip|7z|rar|tar|tgz|tar\.gz)$/i.test(name))
    return 'This is an archive. Unpack it and drop the CSV files inside.';
  if (/\.(pdf|png|jpe?g|docx?)$/i.test(name))
    return 'This is not a table. Download the same statement as a CSV export from your bank’s website.';
  return 'This is not a CSV file. The name must end in .csv, .csv.gz, .txt or .tsv.';
}
