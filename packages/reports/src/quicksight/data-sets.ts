/** The views that have data sets in QuickSight, and the geographic roles of their columns. */
import { reportViews } from '@centflow/schema/views';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import type { ViewName } from '../model.ts';

/**
 * The views that dashboards may show. Views for programs are excluded, such as the raw text of quarantined rows.
 *
 * Within a dashboard, a view's name is also the identifier of its data set.
 */
export const offeredViews: readonly ViewName[] = reportViews.map((view) => getViewConfig(view).name);

/** The geographic roles of columns that QuickSight can draw on a map. */
export const geographicRoles: Readonly<Record<string, 'COUNTRY' | 'CITY'>> = { country: 'COUNTRY', city: 'CITY' };
