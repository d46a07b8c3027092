/** Returns the data of charts and filters for the owner in the token, by the queries of packages/reports. */
import { type Filters, findVisual, isInOneCurrency } from '@centflow/reports';
import { choices, FilterError, runVisual } from '@centflow/reports/query';
import * as z from 'zod';
import { type Handlers, ownerOf, requesterOf } from './context.ts';
import { label, text } from './contract/words.ts';
import type { Database } from './database.ts';
import { keepAnswers, stampOfUploads } from './kept-answers.ts';
import { RefusedError, refusePart } from './refusal.ts';

/** Null selects the rows whose file has no value in this column. */
const drillWord = z.record(text.max(64), label.nullable());

export function reportHandlers(database: Database): Pick<Handlers, 'getVisual' | 'getChoices'> {
  // Cached, because these queries cost MySQL several times as much as a chart. A chart without a chosen currency must
  // wait for them.
  const choicesOf = keepAnswers(
    (owner, requester) => stampOfUploads(database, owner, requester),
    (owner, requester) => database.query(requester, (views) => choices(views, owner)),
  );
  return {
    async getVisual(context) {
      const owner = ownerOf(context);
      const { visualId } = context.req.valid('param');
      const { drill, ...chosen } = context.req.valid('query');
      const visual = findVisual(visualId);
      if (visual === undefined)
        throw new RefusedError('no-such-chart', 'This chart does not exist any more. Reload the dashboard.');
      const requester = requesterOf(context);
      const filters = { ...chosen, ...(drill === undefined ? {} : { drill: readDrill(drill) }) } as Filters;
      try {
        const decides = isInOneCurrency(visual) && filters.currency === undefined;
        const mostUsed = decides ? (await choicesOf.of(owner, requester)).currencies : [];
        const { columns, rows, currency, truncated } = await database.query(requester, (views) =>
          runVisual(views, visual, owner, filters, async () => mostUsed),
        );
        return context.json({ columns: [...columns], rows: rows.map((row) => [...row]), currency, truncated }, 200);
      } catch (error) {
        if (error instanceof FilterError) throw new RefusedError('invalid-filter', error.message);
        throw error;
      }
    },

    async getChoices(context) {
      const owner = ownerOf(context);
      const { currencies, categories, accounts, ...months } = await choicesOf.of(owner, requesterOf(context));
      return context.json(
        { currencies: [...currencies], categories: [...categories], accounts: [...accounts], ...months },
        200,
      );
    },
  };
}

function readDrill(text: string): z.infer<typeof drillWord> {
  try {
    const parsed = drillWord.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // Refused below.
  }
  throw refusePart(
    'invalid-filter',
    '/query/drill',
    'The drill is not valid. Send a JSON object of columns and their values.',
  );
}
