/** Selects the dropped files that can be read, and explains why other files cannot be read. */

export interface Skipped {
  readonly name: string;
  /** What is wrong with the file, and what to do. */
  readonly reason: string;
}

export interface Dropped {
  readonly files: readonly File[];
  readonly skipped: readonly Skipped[];
}

/**
 * Collects the files of a drop. Call this function during the drop event, because the browser discards the files
 * afterwards.
 */
export function collectDroppedFiles(transfer: DataTransfer): Dropped {
  const folders: Skipped[] = [];
  const files: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) {
      folders.push({ name: entry.name, reason: 'This is a folder. Open the folder and drop the files inside.' });
    } else if (file !== null) files.push(file);
  }
  const { files: readable, skipped } = selectReadableFiles(files);
  return { files: readable, skipped: [...folders, ...skipped] };
}

/** Separates files that may be CSV files from other files, by the file name. */
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

/** Returns why a file with this name is skipped, or null if the file is read. */
export function explainSkip(name: string): string | null {
  // Some banks name their CSV files .txt or .tsv.
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
