/**
 * Expand before the code, contract one release later.
 *
 * A migration runs while the previous release still uses the database, and stays when that release is rolled back to. So it
 * may add, and it may remove only what no release in use needs.
 */

/** Why a change is refused, and what to do instead. */
interface Rule {
  readonly why: string;
  readonly instead: string;
}

const laterRelease = 'First release code that does not use it, then remove it in a later release.';
const addAndMove =
  'Add a new one beside it, fill and read both in one release, and drop the old one in a later release.';

export const expansionRules = {
  'drop-table': { why: 'the previous release still reads and writes the table', instead: laterRelease },
  'drop-column': {
    why: 'the previous release still names the column in its statements and views, and its values would be lost',
    instead: laterRelease,
  },
  'drop-view': { why: 'reports of the previous release still read the view', instead: laterRelease },
  'lose-view-column': {
    why: 'reports of the previous release still read the columns that the view loses',
    instead: 'Keep the columns, and add new ones beside them.',
  },
  rename: { why: 'the previous release knows only the old name', instead: addAndMove },
  'change-column': {
    why: 'the previous release writes values of the old type, and the new type is not a wider one of the same kind',
    instead: addAndMove,
  },
  'require-column': {
    why: 'the previous release inserts rows without the column, and MySQL would refuse them',
    instead: 'Allow NULL, or give the column a default.',
  },
  'add-constraint': {
    why: 'the previous release may write rows that the constraint forbids, and the table may already hold some',
    instead: 'Enforce the rule in the code of one release, and add the constraint in a later one.',
  },
  'drop-constraint': {
    why: 'the previous release may need the key or index, to find rows or to have duplicates refused',
    instead: laterRelease,
  },
  'change-rows': {
    why: 'a migration that changes rows locks them while the previous release loads, and nothing restores the old values',
    instead: 'Let the job of the new release write the new values.',
  },
  unknown: {
    why: '`npm run generate` did not write the statement, so the snapshots do not show what it does',
    instead: 'Change the tables or views in packages/schema/src, and let `npm run generate` write the statement.',
  },
  'contract-header': {
    why: 'a migration that contracts must state the reason, and since which migration nothing uses what it removes',
    instead: 'Begin it with `-- contract: <reason>; unused since <tag of an earlier migration>`.',
  },
} satisfies Record<string, Rule>;

export type ExpansionRule = keyof typeof expansionRules;
