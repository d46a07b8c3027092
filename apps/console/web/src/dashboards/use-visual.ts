import type { FilterName, Filters, Visual, VisualData } from '@centflow/reports';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, readAnswer } from '../api/client.ts';

/** Loads the figures of a visual. The previous figures stay on the page while other filters load. */
export function useVisual(visual: Visual, filters: Filters) {
  const query = buildQuery(visual, filters);
  return useQuery({
    queryKey: ['visual', visual.id, query],
    queryFn: async ({ signal }): Promise<VisualData> =>
      readAnswer(api.visuals[':visualId'].$get({ param: { visualId: visual.id }, query }, { init: { signal } })),
    placeholderData: keepPreviousData,
  });
}

/** Loads the values that the filters offer. */
export function useChoices() {
  return useQuery({
    queryKey: ['choices'],
    queryFn: ({ signal }) => readAnswer(api.choices.$get({ query: {} }, { init: { signal } })),
  });
}
export type Choices = NonNullable<ReturnType<typeof useChoices>['data']>;

/**
 * Returns only the filters that apply to the visual. Other filters would cause a second request for the same figures.
 */
function buildQuery(visual: Visual, filters: Filters): Record<string, string> {
  const has = (name: FilterName) => (visual.filters as readonly string[]).includes(name);
  const query: Record<string, string | undefined> = {
    currency: has('currency') ? filters.currency : undefined,
    from: has('period') ? filters.from : undefined,
    to: has('period') ? filters.to : undefined,
    category: has('category') ? filters.category : undefined,
    account: has('account') ? filters.account : undefined,
    drill: filters.drill && Object.keys(filters.drill).length > 0 ? JSON.stringify(filters.drill) : undefined,
  };
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
