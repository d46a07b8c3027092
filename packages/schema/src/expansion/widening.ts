import type { ColumnSnapshot } from './snapshot.ts';

/** In each list, a type can store every value of the types before it. */
const ladders: readonly (readonly string[])[] = [
  ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'],
  ['tinytext', 'text', 'mediumtext', 'longtext'],
];

/** Whether a changed column accepts all values that it accepted before and returns them unchanged. */
export function isWidening(before: ColumnSnapshot, after: ColumnSnapshot): boolean {
  if (after.notNull && !before.notNull) return false;
  if (before.default !== undefined && before.default !== after.default) return false;
  const others = ({ primaryKey, autoincrement, onUpdate, generated }: ColumnSnapshot) =>
    JSON.stringify([primaryKey, autoincrement, onUpdate ?? false, generated ?? null]);
  return others(before) === others(after) && holdsMore(splitType(before.type), splitType(after.type));
}

interface Type {
  /** `varchar`. */
  readonly name: string;
  /** The part of the type in parentheses: a length such as `64`, or the words of an enum. */
  readonly sizes: readonly string[];
  /** The part of the type after the parentheses: `unsigned`, or the character set and collation. */
  readonly rest: string;
}

function splitType(type: string): Type {
  const [, name = '', size = '', rest = ''] = /^(\w+)(?:\((.*?)\))?(?: (.*))?$/i.exec(type) ?? [];
  return { name: name.toLowerCase(), sizes: size.match(/'(?:[^']|'')*'|\d+/g) ?? [], rest };
}

function holdsMore(before: Type, after: Type): boolean {
  if (before.rest !== after.rest) return false;
  const ladder = ladders.find((types) => types.includes(before.name));
  if (ladder !== undefined) return ladder.indexOf(after.name) >= ladder.indexOf(before.name);
  if (after.name !== before.name) return false;
  const [length, scale] = before.sizes;
  if (['char', 'varchar', 'varbinary'].includes(before.name)) return Number(after.sizes[0]) >= Number(length);
  // With another scale, MySQL would return existing values with another number of decimals.
  if (before.name === 'decimal') return Number(after.sizes[0]) >= Number(length) && after.sizes[1] === scale;
  // New words must follow the existing words, so that the existing words keep their positions.
  if (before.name === 'enum') return before.sizes.every((word, index) => after.sizes[index] === word);
  return after.sizes.join() === before.sizes.join();
}
