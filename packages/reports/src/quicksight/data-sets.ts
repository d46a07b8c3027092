/** The views that QuickSight has data sets for, and the roles of their columns on maps. */
import { reportViews } from '@centflow/schema/views';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import type { ViewName } from '../model.ts';

/**
 * The views that dashboards may show. Views for programs, such as the raw text of quarantined rows, are not among them.
 * Within a dashboard, a view's name is also the identifier of its data set.
 */
export const offeredViews: readonly ViewName[] = reportViews.map((view) => getViewConfig(view).name);

/** The geographic role of a column that QuickSight can draw on a map. */
export const geographicRoles: Readonly<Record<string, 'COUNTRY' | 'CITY'>> = { country: 'COUNTRY', city: 'CITY' };
