/** Finds in the migrations what does not only expand the schema. */
import { MigrationError } from '../migration-errors.ts';
import { describeStep, type MigrationStep } from '../read-migrations.ts';
import { type Change, changesOf } from './changes.ts';
import { KnownSchema } from './known-schema.ts';
import { type ExpansionRule, expansionRules } from './rules.ts';
import { isWidening } from './widening.ts';

/** A migration takes away what the release before may still use. */
export class ContractionError extends MigrationError {
  override readonly name = 'ContractionError';
  readonly step: MigrationStep;
  readonly rule: ExpansionRule;

  /** @param subject what is changed: `expenses.city` */
  constructor(step: MigrationStep, rule: ExpansionRule, subject: string) {
    const { why, instead } = expansionRules[rule];
    const isHeader = rule === 'contract-header';
    const contract = isHeader
      ? ''
      : ' Where no release in use needs it any more, begin the migration with `-- contract: <reason>; unused since <tag of an earlier migration>`.';
    super(
      `${capitalised(describeStep(step))} breaks the rule ${rule}${subject === '' ? '' : ` (${subject})`}: ${why}. ${instead}${contract}`,
    );
    this.step = step;
    this.rule = rule;
  }
}

/** What a migration begins with that may contract. */
const header = /^--\s*contract:/i;
const wholeHeader = /^-- contract: (\S.*); unused since (\S+)$/;

/**
 * Goes through all migrations in their order.
 *
 * @param migrations the steps of each, by its tag
 * @returns everything in them that contracts without saying so; the first migration makes the schema and may do anything.
 */
export function findContractions(migrations: ReadonlyMap<string, readonly MigrationStep[]>): ContractionError[] {
  const schema = new KnownSchema();
  const found: ContractionError[] = [];
  const earlier: string[] = [];
  for (const [tag, steps] of migrations) {
    const contractions = judge(steps, schema);
    const [first] = steps;
    if (first !== undefined && declaresContract(first)) found.push(...judgeHeader(first, earlier));
    else if (earlier.length > 0) found.push(...contractions);
    earlier.push(tag);
  }
  return found;
}

function declaresContract({ statement }: MigrationStep): boolean {
  return header.test(statement);
}

function judgeHeader(step: MigrationStep, earlier: readonly string[]): ContractionError[] {
  const [line = ''] = step.statement.split('\n');
  const [, , since] = wholeHeader.exec(line.trimEnd()) ?? [];
  if (since === undefined) return [new ContractionError(step, 'contract-header', line)];
  return earlier.includes(since)
    ? []
    : [new ContractionError(step, 'contract-header', `no earlier migration is ${since}`)];
}

/** Judges one migration, and leaves in `schema` what it makes of it. */
function judge(migration: readonly MigrationStep[], schema: KnownSchema): ContractionError[] {
  const changes = migration.flatMap((step) => changesOf(step.statement).map((change) => ({ step, change })));
  const before: Before = { tables: new Set(schema.tables.keys()), views: new Map(schema.views) };
  return changes.flatMap(({ step, change }, index) => {
    const later = changes.slice(index + 1).map((other) => other.change);
    const broken = brokenRule(change, { schema, before, later });
    schema.apply(change);
    return broken === undefined ? [] : [new ContractionError(step, ...broken)];
  });
}

/** What was there before the migration. */
interface Before {
  readonly tables: ReadonlySet<string>;
  /** With their columns. */
  readonly views: ReadonlyMap<string, readonly string[]>;
}

interface Around {
  readonly before: Before;
  /** As the steps so far have made it. */
  readonly schema: KnownSchema;
  /** What the migration does after this. */
  readonly later: readonly Change[];
}

type Broken = readonly [rule: ExpansionRule, subject: string] | undefined;

function brokenRule(change: Change, { schema, before, later }: Around): Broken {
  if (change.kind === 'unknown') return ['unknown', ''];
  if (change.kind === 'change rows') return ['change-rows', change.table];
  if (change.kind === 'make view') {
    const lost = (before.views.get(change.view) ?? []).filter((column) => !change.columns.includes(column));
    return lost.length > 0 ? ['lose-view-column', `${change.view}: ${lost.join(', ')}`] : undefined;
  }
  if (change.kind === 'drop view') {
    // drizzle-kit drops a view that changes, and makes it again.
    const isMadeAgain = later.some((other) => other.kind === 'make view' && other.view === change.view);
    return isMadeAgain ? undefined : ['drop-view', change.view];
  }
  // What the migration itself has made, no other release knows.
  const isNew = schema.tables.has(change.table) && !before.tables.has(change.table);
  return isNew ? undefined : brokenByTable(change, schema);
}

type TableChange = Extract<Change, { readonly table: string }>;

/** Of a table that was there before. */
function brokenByTable(change: TableChange, schema: KnownSchema): Broken {
  const { table } = change;
  switch (change.kind) {
    case 'create table':
    case 'add index':
      return undefined;
    case 'drop table':
      return ['drop-table', table];
    case 'rename table':
      return ['rename', table];
    case 'rename column':
      return ['rename', `${table}.${change.column}`];
    case 'drop column':
      return ['drop-column', `${table}.${change.column}`];
    case 'add column':
      return isRequired(change.definition) ? ['require-column', `${table}.${change.column}`] : undefined;
    case 'change column': {
      const definition = schema.tables.get(table)?.get(change.column);
      const isWider = definition !== undefined && isWidening(definition, change.definition);
      return isWider ? undefined : ['change-column', `${table}.${change.column}`];
    }
    case 'add constraint':
      return ['add-constraint', table];
    case 'drop constraint':
      return ['drop-constraint', table];
    case 'insert rows':
    case 'change rows':
      return ['change-rows', table];
  }
}

/** An insert that leaves the column out is refused. */
function isRequired(definition: readonly string[]): boolean {
  const hasValue = ['DEFAULT', 'GENERATED', 'AS', 'AUTO_INCREMENT'].some((word) => definition.includes(word));
  return definition.join(' ').includes('NOT NULL') && !hasValue;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
