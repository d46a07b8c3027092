/** Creates and checks the names of files in the owner's folder. */

/** Returns the proposed name under which to send a file. */
export function proposeName(fileName: string): string {
  const name = fileName
    .normalize('NFC')
    // Removes what the API refuses in names: invisible characters and folder separators.
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, '')
    .replace(/[/\\]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.(txt|tsv)$/i, '.csv')
    .replace(/\.(csv(?:\.gz)?)$/i, (_, ending: string) => `.${ending.toLowerCase()}`)
    .replace(/\s+(\.csv(\.gz)?)$/, '$1');
  return name.startsWith('.') ? `statement${name}` : name;
}

/**
 * Adds the feed to the file's name: `statement.csv` and `expenses` give `statement-expenses.csv`. The console never
 * compresses the file, so the name never ends in .gz.
 */
export function buildFeedFileName(fileName: string, feed: string): string {
  return `${removeEnding(proposeName(fileName))}-${feed}.csv`;
}

/** Returns the next free name: `statement.csv`, `statement (2).csv`, `statement (3).csv`. */
export function findFreeName(name: string, taken: ReadonlySet<string>): string {
  const stem = removeEnding(name);
  const ending = name.slice(stem.length);
  for (let count = 2; ; count++) {
    const candidate = `${stem.replace(/ \(\d+\)$/, '')} (${count})${ending}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/**
 * Returns what is wrong with a name in words for people, or null if the name is valid. The API checks the name again.
 *
 * @param nested whether the name may contain folders, as the name of an existing object can
 */
export function findNameProblem(name: string, nested = false): string | null {
  if (name.includes('\\') || (!nested && name.includes('/')))
    return 'The name cannot contain / or \\. Remove these characters.';
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return 'The name contains invisible characters. Type it again.';
  if (name !== name.trim()) return 'The name begins or ends with a space. Remove the space.';
  if (!/\.csv(\.gz)?$/.test(name)) return 'The name must end in .csv or .csv.gz. Add the ending.';
  if (removeEnding(name).trim() === '') return 'Enter a name before .csv.';
  if (name.length > 200) return 'The name is too long. Use at most 200 characters.';
  return null;
}

/** Returns whether the content is gzip, according to the file's name. */
export function isGzip(name: string): boolean {
  return /\.gz$/i.test(name);
}

function removeEnding(name: string): string {
  return name.replace(/\.csv(\.gz)?$/i, '');
}
