/** GitHub's length limits in characters. GitHub rejects longer texts. */
export const LONGEST_COMMENT = 65_536;
export const LONGEST_RELEASE_NOTES = 125_000;

const NOTE =
  '\n\n> [!NOTE]\n> Cut here, because GitHub limits the length. The artifacts of the workflow run contain the full text.\n';

/**
 * Shortens Markdown to the limit. Cuts at the end of a line, closes open code fences and details elements, and adds a
 * note.
 */
export function fit(markdown: string, limit: number): string {
  if (markdown.length <= limit) return markdown;
  // Leave room for the closing fences, the closing tags and the note.
  const room = markdown.slice(0, limit - NOTE.length - 500);
  const kept = room.slice(0, Math.max(room.lastIndexOf('\n'), 0)) || withoutHalfCharacter(room);
  return `${kept}${closing(kept)}${NOTE}`;
}

/** Removes a half surrogate pair from the end of the text, because half a pair is not a character. */
function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

function closing(markdown: string): string {
  let fence: string | undefined;
  let details = 0;
  for (const line of markdown.split('\n')) {
    const found = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (found !== undefined) fence = fence === undefined ? found : found.startsWith(fence) ? undefined : fence;
    else if (fence === undefined) details += count(line, '<details') - count(line, '</details>');
  }
  return `${fence === undefined ? '' : `\n${fence}`}${'\n\n</details>'.repeat(Math.min(Math.max(details, 0), 20))}`;
}

const count = (line: string, part: string): number => line.split(part).length - 1;
