/** What a statement of a migration changes, in the words of the rules. */
import { insideOf, nameIn, outsideOf, splitAtCommas, upTo, type Words, wordsOf } from './words.ts';

/** One change. Names are without quotes; a definition is what follows a column's name. */
export type Change =
  | { readonly kind: 'create table'; readonly table: string; readonly columns: ReadonlyMap<string, Words> }
  | { readonly kind: 'drop table'; readonly table: string }
  | { readonly kind: 'rename table'; readonly table: string; readonly to: string }
  | { readonly kind: 'add column'; readonly table: string; readonly column: string; readonly definition: Words }
  | { readonly kind: 'change column'; readonly table: string; readonly column: string; readonly definition: Words }
  | { readonly kind: 'rename column'; readonly table: string; readonly column: string; readonly to: string }
  | { readonly kind: 'drop column'; readonly table: string; readonly column: string }
  | { readonly kind: 'add index'; readonly table: string }
  | { readonly kind: 'add constraint'; readonly table: string }
  | { readonly kind: 'drop constraint'; readonly table: string }
  | { readonly kind: 'make view'; readonly view: string; readonly columns: readonly string[] }
  | { readonly kind: 'drop view'; readonly view: string }
  | { readonly kind: 'insert rows'; readonly table: string }
  | { readonly kind: 'change rows'; readonly table: string }
  | { readonly kind: 'unknown' };

const unknown: readonly Change[] = [{ kind: 'unknown' }];

/** What a statement changes; `unknown` where nobody has said what it does. */
export function changesOf(statement: string): readonly Change[] {
  const words = wordsOf(statement);
  // A second statement, or one that hides in a comment.
  if (words.includes(';') || words.some((word) => word.startsWith('/*!'))) return unknown;
  const [verb, what] = words;
  const isView = upTo(words, 'AS', 'SELECT', '(').includes('VIEW');
  if ((verb === 'CREATE' || verb === 'ALTER') && isView) return [makeView(words)];
  if (verb === 'DROP' && what === 'VIEW') return namesAfter(words, 2).map((view) => ({ kind: 'drop view', view }));
  if (verb === 'CREATE' && what === 'TABLE') return [createTable(words)];
  if (verb === 'DROP' && what === 'TABLE') return namesAfter(words, 2).map((table) => ({ kind: 'drop table', table }));
  if (verb === 'RENAME' && what === 'TABLE') return renameTables(words.slice(2));
  if (verb === 'ALTER' && what === 'TABLE') return alterTable(words);
  if (verb === 'CREATE' && upTo(words, 'ON').includes('INDEX')) {
    const table = nameIn(words[words.indexOf('ON') + 1]);
    return [{ kind: what === 'UNIQUE' ? 'add constraint' : 'add index', table }];
  }
  if (verb === 'DROP' && what === 'INDEX') {
    return [{ kind: 'drop constraint', table: nameIn(words[words.indexOf('ON') + 1]) }];
  }
  if (verb === 'INSERT') return [{ kind: 'insert rows', table: firstName(words) }];
  if (['UPDATE', 'DELETE', 'REPLACE', 'TRUNCATE'].includes(verb ?? '')) {
    return [{ kind: 'change rows', table: firstName(words) }];
  }
  return unknown;
}

/** Names after so many words, separated by commas. */
function namesAfter(words: Words, count: number): string[] {
  return splitAtCommas(skip(words.slice(count), 'IF', 'EXISTS')).map((name) => nameIn(name[0]));
}

/** The first name in backticks, or the last word before what is done with it. */
function firstName(words: Words): string {
  return nameIn(words.find((word) => word.startsWith('`')) ?? upTo(words.slice(1), 'SET', 'WHERE', '(').at(-1));
}

function skip(words: Words, ...some: readonly string[]): Words {
  return words.slice(words.findIndex((word) => !some.includes(word)));
}

function createTable(words: Words): Change {
  const rest = skip(words.slice(2), 'IF', 'NOT', 'EXISTS');
  const columns = splitAtCommas(insideOf(rest.slice(1))).filter(([first = '']) => first.startsWith('`'));
  return {
    kind: 'create table',
    table: nameIn(rest[0]),
    columns: new Map(columns.map(([name, ...definition]) => [nameIn(name), definition])),
  };
}

function renameTables(words: Words): readonly Change[] {
  return splitAtCommas(words).map(([from, , to]) => ({ kind: 'rename table', table: nameIn(from), to: nameIn(to) }));
}

function makeView(words: Words): Change {
  const [name, ...rest] = words.slice(words.indexOf('VIEW') + 1);
  const listed = rest[0] === '(' ? insideOf(rest) : undefined;
  const selected = splitAtCommas(upTo(rest.slice(rest.indexOf('SELECT') + 1), 'FROM', 'UNION', ')'));
  const columns =
    listed === undefined ? selected.map(columnName) : splitAtCommas(listed).map(([column]) => nameIn(column));
  return { kind: 'make view', view: nameIn(name), columns };
}

/** `a as b` is b, and `t`.`b` too. */
function columnName(expression: Words): string {
  return nameIn(outsideOf(expression).at(-1));
}

/** What makes a column's definition more than the column: rows of the table must all agree with it. */
const CONSTRAINTS: readonly string[] = ['UNIQUE', 'PRIMARY', 'KEY', 'REFERENCES', 'CHECK'];
const INDEXES: readonly string[] = ['INDEX', 'KEY', 'FULLTEXT', 'SPATIAL'];

function alterTable([, , name, ...rest]: Words): readonly Change[] {
  const table = nameIn(name);
  return splitAtCommas(rest).flatMap((clause) => alteration(table, clause));
}

function alteration(table: string, [verb, ...rest]: Words): readonly Change[] {
  const [what = ''] = rest;
  const [name, ...definition] = skip(rest, 'COLUMN');
  const column = nameIn(name);
  if (verb === 'ADD') {
    if (INDEXES.includes(what)) return [{ kind: 'add index', table }];
    if (['CONSTRAINT', 'FOREIGN', ...CONSTRAINTS].includes(what)) return [{ kind: 'add constraint', table }];
    // Several in parentheses.
    if (name === '(') return unknown;
    const added: Change = { kind: 'add column', table, column, definition };
    const isConstrained = outsideOf(definition).some((word) => CONSTRAINTS.includes(word));
    return isConstrained ? [added, { kind: 'add constraint', table }] : [added];
  }
  if (verb === 'DROP') {
    const constraints = ['INDEX', 'KEY', 'PRIMARY', 'FOREIGN', 'CONSTRAINT', 'CHECK'];
    return [constraints.includes(what) ? { kind: 'drop constraint', table } : { kind: 'drop column', table, column }];
  }
  if (verb === 'MODIFY') return [{ kind: 'change column', table, column, definition }];
  if (verb === 'CHANGE') {
    const [to, ...changed] = definition;
    return nameIn(to) === column
      ? [{ kind: 'change column', table, column, definition: changed }]
      : [{ kind: 'rename column', table, column, to: nameIn(to) }];
  }
  if (verb === 'RENAME' && what === 'COLUMN') {
    return [{ kind: 'rename column', table, column, to: nameIn(definition[1]) }];
  }
  if (verb === 'RENAME' && ['TO', 'AS'].includes(what)) return [{ kind: 'rename table', table, to: nameIn(rest[1]) }];
  // How MySQL does it, not what.
  if (verb === 'ALGORITHM' || verb === 'LOCK') return [];
  return unknown;
}
