/** What dashboards draw and filters offer: packages/reports asks, for whoever is signed in. */
import { type Filters, findVisual } from '@centflow/reports';
import { choices, FilterError, runVisual } from '@centflow/reports/query';
import * as z from 'zod';
import { type Handlers, ownerOf } from './context.ts';
import type { Database } from './database.ts';
import { keepAnswers, stampOfUploads } from './kept-answers.ts';
import { Refusal } from './refusal.ts';

/** null: the file does not say. */
const drillWord = z.record(z.string().max(64), z.string().max(255).nullable());

export function reportHandlers(database: Database): Pick<Handlers, 'getVisual' | 'getChoices'> {
  // Several times as dear to MySQL as a chart, whose currency they decide where none is chosen.
  const choicesOf = keepAnswers(
    (owner) => stampOfUploads(database, owner),
    (owner) => database.ask((views) => choices(views, owner)),
  );
  return {
    async getVisual(context) {
      const owner = ownerOf(context);
      const { visualId } = context.req.valid('param');
      const { drill, ...chosen } = context.req.valid('query');
      const visual = findVisual(visualId);
      if (visual === undefined) throw new Refusal(404, 'There is no such chart. Open the dashboard anew.');
      const filters = { ...chosen, ...(drill === undefined ? {} : { drill: readDrill(drill) }) } as Filters;
      try {
        const { columns, rows, currency, truncated } = await database.ask((views) =>
          runVisual(views, visual, owner, filters, async () => (await choicesOf.of(owner)).currencies),
        );
        return context.json({ columns: [...columns], rows: rows.map((row) => [...row]), currency, truncated }, 200);
      } catch (error) {
        if (error instanceof FilterError) throw new Refusal(400, error.message);
        throw error;
      }
    },

    async getChoices(context) {
      const owner = ownerOf(context);
      const { currencies, categories, accounts, ...months } = await choicesOf.of(owner);
      return context.json(
        { currencies: [...currencies], categories: [...categories], accounts: [...accounts], ...months },
        200,
      );
    },
  };
}

function readDrill(text: string): z.infer<typeof drillWord> {
  const message = 'Not a JSON object of columns and their values.';
  try {
    const parsed = drillWord.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // Refused below.
  }
  throw new Refusal(400, message, [{ pointer: '/query/drill', message }]);
}
