/** What dashboards draw and filters offer: packages/reports asks, for whoever is signed in. */
import { type Filters, findVisual, isInOneCurrency } from '@centflow/reports';
import { choices, FilterError, runVisual } from '@centflow/reports/query';
import * as z from 'zod';
import { askerOf, type Handlers, ownerOf } from './context.ts';
import { label, text } from './contract/words.ts';
import type { Database } from './database.ts';
import { keepAnswers, stampOfUploads } from './kept-answers.ts';
import { Refusal } from './refusal.ts';

/** null: the file does not say. */
const drillWord = z.record(text.max(64), label.nullable());

export function reportHandlers(database: Database): Pick<Handlers, 'getVisual' | 'getChoices'> {
  // Several times as dear to MySQL as a chart, whose currency they decide where none is chosen.
  const choicesOf = keepAnswers(
    (owner, asker) => stampOfUploads(database, owner, asker),
    (owner, asker) => database.ask(asker, (views) => choices(views, owner)),
  );
  return {
    async getVisual(context) {
      const owner = ownerOf(context);
      const { visualId } = context.req.valid('param');
      const { drill, ...chosen } = context.req.valid('query');
      const visual = findVisual(visualId);
      if (visual === undefined) throw new Refusal(404, 'There is no such chart. Open the dashboard anew.');
      const asker = askerOf(context);
      const filters = { ...chosen, ...(drill === undefined ? {} : { drill: readDrill(drill) }) } as Filters;
      try {
        const decides = isInOneCurrency(visual) && filters.currency === undefined;
        const mostUsed = decides ? (await choicesOf.of(owner, asker)).currencies : [];
        const { columns, rows, currency, truncated } = await database.ask(asker, (views) =>
          runVisual(views, visual, owner, filters, async () => mostUsed),
        );
        return context.json({ columns: [...columns], rows: rows.map((row) => [...row]), currency, truncated }, 200);
      } catch (error) {
        if (error instanceof FilterError) throw new Refusal(400, error.message);
        throw error;
      }
    },

    async getChoices(context) {
      const owner = ownerOf(context);
      const { currencies, categories, accounts, ...months } = await choicesOf.of(owner, askerOf(context));
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
