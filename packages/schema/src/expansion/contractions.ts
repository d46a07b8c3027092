/**
 * Finds the migrations that do more than expand the schema.
 *
 * A statement that drizzle-kit wrote is judged by the change from the previous snapshot to the migration's snapshot.
 * Any other statement is judged by its first words. A statement that is not known to be safe is rejected.
 */
import { MigrationError } from '../migration-errors.ts';
import { describeStep, type MigrationStep } from '../read-migrations.ts';
import { findChanges, normalise } from './changes.ts';
import { judgeHandWritten } from './hand-written.ts';
import { type ExpansionRule, expansionRules } from './rules.ts';
import type { Migration, SchemaSnapshot } from './snapshot.ts';

/** Thrown if a migration removes or restricts something that the previous release may still use. */
export class ContractionError extends MigrationError {
  override readonly name = 'ContractionError';
  readonly step: MigrationStep;
  readonly rule: ExpansionRule;

  /** @param subject the changed object, such as `expenses.city` */
  constructor(step: MigrationStep, rule: ExpansionRule, subject: string) {
    const { why, instead } = expansionRules[rule];
    const isHeader = rule === 'contract-header';
    const contract = isHeader
      ? ''
      : ' If no release in use still needs it, begin the migration with `-- contract: <reason>; unused since <tag of an earlier migration>`.';
    super(
      `${capitalise(describeStep(step))} breaks the rule ${rule}${subject === '' ? '' : ` (${subject})`}: ${why}. ${instead}${contract}`,
    );
    this.step = step;
    this.rule = rule;
  }
}

/** Matches the first line of a migration that may remove things. */
const header = /^--\s*contract:/i;
const wholeHeader = /^-- contract: (\S.*); unused since (\S+)$/;

/**
 * Returns every contraction that no header permits. The first migration creates the schema and may do anything.
 *
 * @param migrations all migrations in their order
 */
export async function findContractions(migrations: readonly Migration[]): Promise<ContractionError[]> {
  const found: ContractionError[] = [];
  for (const [index, migration] of migrations.entries()) {
    const earlier = migrations.slice(0, index);
    const [first] = migration.steps;
    const previous = earlier.at(-1);
    if (first !== undefined && declaresContract(first)) {
      const tags = earlier.map(({ tag }) => tag);
      found.push(...judgeHeader(first, tags));
    } else if (previous !== undefined) found.push(...(await judge(migration, previous.snapshot)));
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
    : [new ContractionError(step, 'contract-header', `there is no earlier migration ${since}`)];
}

/**
 * Returns the contractions in a migration's statements. Ignores a change of the snapshot without a statement, because a
 * later release makes that change.
 */
async function judge({ steps, snapshot: after }: Migration, before: SchemaSnapshot): Promise<ContractionError[]> {
  const changes = await findChanges(before, after);
  const found: ContractionError[] = [];
  for (const [index, step] of steps.entries()) {
    const statement = normalise(step.statement);
    const later = steps.slice(index + 1).map((other) => other.statement);
    const change = changes.find(({ statements }) => statements.includes(statement));
    const broken =
      change === undefined
        ? await judgeHandWritten(step.statement, { before, after, later })
        : change.rule && ([change.rule, change.subject] as const);
    if (broken !== undefined) found.push(new ContractionError(step, ...broken));
  }
  return found;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
