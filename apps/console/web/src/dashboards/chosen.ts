/** What a reader has chosen, as it stands in the address: a reload, a bookmark and “back” all show the same figures. */
import type { Filters } from '@centflow/reports';
import { isMonth } from '../shared/dates.ts';

/** One visual of a path of drills: which one, and what it is narrowed to. */
export interface DrillStep {
  readonly visual: string;
  readonly filters: Pick<Filters, 'from' | 'to' | 'drill'>;
}

export interface Chosen {
  readonly currency?: string;
  readonly from?: string;
  readonly to?: string;
  readonly category?: string;
  readonly account?: string;
  /** From the visual that was clicked to the one that is shown. */
  readonly path?: readonly DrillStep[];
}

/** Whatever somebody typed into the address becomes something that can be asked for. */
export function parseChosen(search: Record<string, unknown>): Chosen {
  const { currency, from, to, category, account, path } = search;
  return {
    ...(typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? { currency } : {}),
    ...(typeof from === 'string' && isMonth(from) ? { from } : {}),
    ...(typeof to === 'string' && isMonth(to) ? { to } : {}),
    ...(category === undefined || category === '' ? {} : { category: String(category) }),
    ...(account === undefined || account === '' ? {} : { account: String(account) }),
    ...(Array.isArray(path) && path.length > 0 && path.every(isDrillStep) ? { path } : {}),
  };
}

function isDrillStep(value: unknown): value is DrillStep {
  return (
    typeof value === 'object' &&
    value !== null &&
    'visual' in value &&
    typeof value.visual === 'string' &&
    'filters' in value &&
    typeof value.filters === 'object' &&
    value.filters !== null
  );
}

/** The dashboard's own filters, without the drill's. */
export function getFilters({ path: _path, ...filters }: Chosen): Filters {
  return filters;
}
