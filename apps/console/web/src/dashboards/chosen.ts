/**
 * The page's address stores the filters and drills, so that a reload, a bookmark and the back button show the same
 * figures.
 */
import type { Filters } from '@centflow/reports';
import { isMonth } from '../shared/dates.ts';

/** One step of a drill: a visual and the filters for it. */
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
  /** The drill's steps from the visual that was clicked first to the visual on the page. */
  readonly path?: readonly DrillStep[];
}

/** Parses the address and drops values that the API would refuse. */
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

/** Returns the filters of the dashboard without its drill. */
export function getFilters({ path: _path, ...filters }: Chosen): Filters {
  return filters;
}
