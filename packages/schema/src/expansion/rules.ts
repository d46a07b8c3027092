/**
 * The rules for migrations: expand the schema before releasing the code, and contract it in a later release.
 *
 * A migration runs while the previous release still uses the database. After a rollback to that release, the migration
 * stays applied. So a migration may add things, and may remove only what no release in use needs.
 */

/** Why a change is rejected, and what to do instead. */
interface Rule {
  readonly why: string;
  readonly instead: string;
}

const laterRelease = 'First release code that no longer uses it. Remove it in a later release.';
const addAndMove =
  'Add a new one beside the old one. Write and read both in one release, and drop the old one in a later release.';

export const expansionRules = {
  'drop-table': { why: 'the previous release still reads and writes the table', instead: laterRelease },
  'drop-column': {
    why: 'the previous release still names the column in its statements and views, and its values would be lost',
    instead: laterRelease,
  },
  'drop-view': { why: 'reports of the previous release still read the view', instead: laterRelease },
  'lose-view-column': {
    why: 'reports of the previous release still read the removed columns of the view',
    instead: 'Keep the old columns and add new columns.',
  },
  rename: { why: 'the previous release knows only the old name', instead: addAndMove },
  'change-column': {
    why: 'the new type does not preserve all values of the old type, which the previous release still reads and writes',
    instead: addAndMove,
  },
  'require-column': {
    why: 'the previous release inserts rows without the column, and MySQL would reject these rows',
    instead: 'Allow NULL, or give the column a default.',
  },
  'add-constraint': {
    why: 'the previous release may write rows that the constraint forbids, and the table may already contain such rows',
    instead: 'First enforce the rule in code. Add the constraint in a later release.',
  },
  'drop-constraint': {
    why: 'the previous release may need the key or index to find rows or to reject duplicates',
    instead: laterRelease,
  },
  'change-rows': {
    why: 'a migration that changes rows locks them while the previous release loads, and a rollback does not restore the old values',
    instead: 'Let the job of the new release write the new values.',
  },
  unknown: {
    why: '`npm run generate` did not write the statement, so the snapshots do not show its effect',
    instead: 'Change the tables or views in packages/schema/src, and let `npm run generate` write the statement.',
  },
  'contract-header': {
    why: 'a migration that removes something must state the reason and the migration since which the thing is unused',
    instead: 'Begin the migration with `-- contract: <reason>; unused since <tag of an earlier migration>`.',
  },
} satisfies Record<string, Rule>;

export type ExpansionRule = keyof typeof expansionRules;
