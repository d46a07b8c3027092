/**
 * Expand before code, contract a release later.
 *
 * A migration runs while the release before still works on the database, and stays when that release is rolled back to. So it
 * may add, and may take away only what no release in use still needs.
 */

/** Why a change is refused, and what to do in its place. */
interface Rule {
  readonly why: string;
  readonly instead: string;
}

const laterRelease = 'Let the code of a release do without it first, and take it away in a later one.';
const addAndMove =
  'Add a new one beside it, let a release fill and read both, and drop the old one in a later release.';

export const expansionRules = {
  'drop-table': { why: 'the release before still reads and writes it', instead: laterRelease },
  'drop-column': {
    why: 'the release before still names it in its statements and views, and what it holds is lost',
    instead: laterRelease,
  },
  'drop-view': { why: 'reports of the release before still read it', instead: laterRelease },
  'lose-view-column': {
    why: 'reports of the release before still read the columns that the view no longer has',
    instead: 'Keep the columns, and add the new ones beside them.',
  },
  rename: { why: 'the release before knows it by its old name only', instead: addAndMove },
  'change-column': {
    why: 'the release before writes what the column was, and it is not plainly a wider column of the same kind',
    instead: addAndMove,
  },
  'require-column': {
    why: 'the release before inserts rows without it, and MySQL would refuse them',
    instead: 'Let it be NULL, or give it a default.',
  },
  'add-constraint': {
    why: 'the release before may write, and the table may hold, what it forbids',
    instead: 'Keep the rule in the code of one release, and add it to the table in a later one.',
  },
  'drop-constraint': {
    why: 'statements of the release before may need the key or index that goes: to find rows, or to be refused',
    instead: laterRelease,
  },
  'change-rows': {
    why: 'a migration that changes rows holds their locks while the release before loads, and nothing brings them back',
    instead: 'Let the job of the new release write what is new.',
  },
  unknown: {
    why: 'nobody has said that such a statement only adds',
    instead: 'Say it otherwise, or add it to packages/schema/src/expansion/ with an example in its test.',
  },
  'contract-header': {
    why: 'a migration that contracts says why, and since when nothing uses what it takes away',
    instead: 'Begin it with `-- contract: <reason>; unused since <tag of an earlier migration>`.',
  },
} satisfies Record<string, Rule>;

export type ExpansionRule = keyof typeof expansionRules;
