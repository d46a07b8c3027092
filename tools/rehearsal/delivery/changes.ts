/** Makes the edits of each pull request. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkout } from './checkout.ts';
import type { Change } from './developer-clone.ts';
import { assertSucceeded } from './expectations.ts';

/** Replaces text in a file of a checkout. */
export function edit({ folder }: Pick<Checkout, 'folder'>, file: string, from: RegExp | string, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before)
    throw new Error(
      `${file} does not contain ${from}. Update the edit in the rehearsal (tools/rehearsal/delivery/changes.ts).`,
    );
  writeFileSync(path, after);
}

/** Adds an alarm as infra/README.md describes: one entry in a list. */
export const addAlarm: Change = (checkout) => {
  const alarm = `
    {
      stage: 'load',
      measure: 'uploads-failed-often',
      metric: job.failed,
      alarmWhen: 'above',
      threshold: 20,
      periodSeconds: HOUR,
      periods: 1,
      missingData: nothingHappened,
      why: 'More than 20 uploads could not be loaded within an hour.',
      whatToDo: 'If many uploads fail, they probably have one common cause. Check the database first.',
    },`;
  edit(checkout, 'infra/src/alarms.ts', /(?<=function uploadAlarms\(.*?return \[)/s, alarm);
};

/** Adds a feed as docs/adding-a-feed.md describes. */
export const addFeed: Change = async (checkout) => {
  const file = join(checkout.folder, 'packages', 'schema', 'src', 'feeds', 'savings-goals.ts');
  writeFileSync(file, blockOf(checkout, 'ts'));
  await generate(checkout, 'savings-goals');
};

/** Returns the CSV that docs/adding-a-feed.md uploads. */
export function feedCsv(checkout: Checkout): string {
  return blockOf(checkout, 'csv');
}

function blockOf({ folder }: Checkout, language: string): string {
  const page = readFileSync(join(folder, 'docs', 'adding-a-feed.md'), 'utf8');
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1];
  if (block === undefined) throw new Error(`docs/adding-a-feed.md has no code block of the language ${language}`);
  return block;
}

/**
 * Renames a construct. The new name changes the Terraform address, so an apply would replace the database with an empty
 * one.
 */
export const renameDatabase: Change = (checkout) => {
  edit(checkout, 'infra/src/stacks/store.ts', "new Database(this, 'database', {", "new Database(this, 'books', {");
};

/** Adds a column that the deployed release does not know, and breaks the trigger. */
export const addColumnAndBreakTrigger: Change = async (checkout) => {
  const feed = 'packages/schema/src/feeds/expenses.ts';
  edit(
    checkout,
    feed,
    /(?<=country: countryCode\('country'\),\n)/,
    "    receipt: varchar('receipt', { length: 64 }),\n",
  );
  edit(checkout, feed, /(?<=country: 'ISO [^\n]*\n)/, "    receipt: 'Number of the receipt.',\n");
  edit(checkout, 'apps/trigger/src/handler.ts', TRIGGER, `${TRIGGER}\n    ${BREAK}`);
  await generate(checkout, 'receipt');
};

const TRIGGER = 'return async (batch: SQSEvent, context: Context): Promise<SQSBatchResponse> => {';
const BREAK = "if (batch.Records.length > 0) throw new Error('This trigger is broken');";

/** Fixes the trigger, and adds a migration. Rows in dev make the second statement of the migration fail. */
export const fixTriggerAndLimitAmounts: Change = (checkout) => {
  edit(checkout, 'apps/trigger/src/handler.ts', `\n    ${BREAK}`, '');
  writeMigration(checkout, 'amounts', [
    'CREATE INDEX `expenses_account` ON `expenses` (`account`);',
    `ALTER TABLE \`expenses\` ADD CONSTRAINT \`expenses_amount_believable\` CHECK (\`amount\` < ${MAX_AMOUNT});`,
  ]);
};

/** The maximum amount of an expense that the migration allows. */
export const MAX_AMOUNT = 1_000_000;

/** Writes a migration by hand, without the generator. */
function writeMigration({ folder }: Checkout, name: string, statements: readonly string[]): void {
  const migrations = join(folder, 'packages', 'schema', 'migrations');
  const journalFile = join(migrations, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries: Record<string, unknown>[] };
  const idx = journal.entries.length;
  const tag = `${String(idx).padStart(4, '0')}_${name}`;
  journal.entries.push({ idx, version: '5', when: Date.now(), tag, breakpoints: true });
  writeFileSync(journalFile, JSON.stringify(journal, undefined, 2));
  writeFileSync(join(migrations, `${tag}.sql`), statements.join('\n--> statement-breakpoint\n'));
}

async function generate(checkout: Checkout, name: string): Promise<void> {
  assertSucceeded(
    await checkout.run(`node --disable-warning=ExperimentalWarning packages/schema/src/generate.ts --name ${name}`),
  );
}

/** Writes the exemptions that the comment on the pull request proposes, and adds a reason to each. */
export function addExemptions(checkout: Checkout, proposed: readonly object[], reason: string): void {
  const exemptions = proposed.map((exemption) => ({ ...exemption, reason }));
  writeFileSync(join(checkout.folder, 'infra', 'exemptions.json'), `${JSON.stringify(exemptions, undefined, 2)}\n`);
}

/** Returns the exemptions that the report of a plan proposes for infra/exemptions.json. */
export function proposedIn(
  report: string,
): { readonly stack: string; readonly rule: string; readonly address: string }[] {
  const block = /infra\/exemptions\.json.*?```json\n(.*?)```/s.exec(report)?.[1];
  return block === undefined ? [] : (JSON.parse(`[${block}]`) as ReturnType<typeof proposedIn>);
}
