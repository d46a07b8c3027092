/** SQL as a row of words: what is quoted is one word, comments are none. */
export type Words = readonly string[];

const comment = /--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//;
const quoted = /`(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/;
const anyWord = new RegExp(`${comment.source}|${quoted.source}|[\\w$@]+|\\S`, 'g');
const isComment = new RegExp(`^(?:${comment.source})$`);

/** The words of a statement: keywords in capitals, what is quoted as it stands. */
export function wordsOf(statement: string): Words {
  const words = (statement.match(anyWord) ?? []).filter((word) => !isComment.test(word) || word.startsWith('/*!'));
  if (words.at(-1) === ';') words.pop();
  return words.map((word) => (/^[`'"]/.test(word) ? word : word.toUpperCase()));
}

/** A table's, view's or column's name without its quotes. */
export function nameIn(word: string | undefined): string {
  return (word ?? '').replaceAll('`', '').toLowerCase();
}

/** Splits at the commas that stand in no parentheses. */
export function splitAtCommas(words: Words): Words[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    depth += depthOf(word);
    if (word === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

/** Up to the first of these words that stands in no parentheses; all where there is none. */
export function upTo(words: Words, ...ends: readonly string[]): Words {
  let depth = 0;
  const end = words.findIndex((word) => {
    const isOutside = depth === 0;
    depth += depthOf(word);
    return isOutside && ends.includes(word);
  });
  return end === -1 ? words : words.slice(0, end);
}

/** What stands in the parentheses that begin here. */
export function insideOf(words: Words): Words {
  let depth = 0;
  const end = words.findIndex((word) => {
    depth += depthOf(word);
    return depth === 0;
  });
  return words.slice(1, end);
}

/** Only what stands in no parentheses. */
export function outsideOf(words: Words): Words {
  let depth = 0;
  return words.filter((word) => {
    const before = depth;
    depth += depthOf(word);
    return before === 0 && depth === 0;
  });
}

function depthOf(word: string): number {
  return word === '(' ? 1 : word === ')' ? -1 : 0;
}
