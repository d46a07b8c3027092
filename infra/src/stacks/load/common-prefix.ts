/**
 * Returns the common folder of all prefixes, or an empty string. For `raw/incomes/` and `raw/expenses/`, the result is `raw/`.
 */
export function commonPrefix(prefixes: readonly string[]): string {
  const folders = prefixes.map((prefix) => prefix.split('/').slice(0, -2));
  const [first = []] = folders;
  const shared = first.findIndex((folder, index) => folders.some((other) => other[index] !== folder));
  return first
    .slice(0, shared === -1 ? first.length : shared)
    .map((folder) => `${folder}/`)
    .join('');
}
