/** The views that have data sets in QuickSight, and the geographic roles of their columns. */
import { reportViews } from '@centflow/schema/views';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import type { ViewName } from '../model.ts';

/**
 * The views that dashboards may show. Views that only programs read are excluded, such as the view with the raw text
 * of quarantined rows.
 *
 * Within a dashboard, a view's name is also the identifier of its data set.
 */
export const offeredViews: readonly ViewName[] = reportViews.map((view) => getViewConfig(view).name);

/** The geographic roles of columns that QuickSight can draw on a map. */
export const geographicRoles: Readonly<Record<string, 'COUNTRY' | 'CITY'>> = { country: 'COUNTRY', city: 'CITY' };
