import { insideOf, type Words } from './words.ts';

/** Each holds all that those before it hold. */
const ladders: readonly (readonly string[])[] = [
  ['TINYINT', 'SMALLINT', 'MEDIUMINT', 'INT', 'BIGINT'],
  ['TINYTEXT', 'TEXT', 'MEDIUMTEXT', 'LONGTEXT'],
];

interface Definition {
  readonly type: string;
  /** What stands in the type's parentheses. */
  readonly size: Words;
  readonly required: boolean;
  readonly byDefault: string | undefined;
  /** UNSIGNED, character set, and whatever else there is. */
  readonly rest: string;
}

/** Whether a column that is changed so still takes all that it took, and gives it back unchanged. */
export function isWidening(before: Words, after: Words): boolean {
  const [old, now] = [read(before), read(after)];
  if (now.required && !old.required) return false;
  if (old.byDefault !== undefined && old.byDefault !== now.byDefault) return false;
  return old.rest === now.rest && holdsMore(old, now);
}

function holdsMore(old: Definition, now: Definition): boolean {
  const ladder = ladders.find((types) => types.includes(old.type));
  if (ladder !== undefined) return ladder.indexOf(now.type) >= ladder.indexOf(old.type);
  if (now.type !== old.type) return false;
  if (['CHAR', 'VARCHAR', 'VARBINARY'].includes(old.type)) return Number(now.size[0]) >= Number(old.size[0]);
  if (old.type === 'DECIMAL') {
    const [precision, , scale] = old.size;
    // With more decimals, what is read back looks different.
    return Number(now.size[0]) >= Number(precision) && now.size[2] === scale;
  }
  // The words that are there keep their places; new ones come after them.
  if (old.type === 'ENUM') return old.size.every((word, index) => now.size[index] === word);
  return now.size.join() === old.size.join();
}

function read([type = '', ...words]: Words): Definition {
  const size = words[0] === '(' ? insideOf(words) : [];
  const rest = size.length > 0 ? words.slice(size.length + 2) : words;
  const defaultAt = rest.indexOf('DEFAULT');
  const byDefault = defaultAt === -1 ? undefined : rest[defaultAt + 1];
  const others = rest.filter((_, index) => defaultAt === -1 || (index !== defaultAt && index !== defaultAt + 1));
  const required = others.join(' ').includes('NOT NULL');
  return { type, size, required, byDefault, rest: others.filter((word) => !['NOT', 'NULL'].includes(word)).join(' ') };
}
