/** The routes of the pages about files. */
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { type HistoryFilters, parseHistoryFilters } from './history/filters.ts';

/** Returns the routes of this folder. Each page is a separate chunk of the bundle. */
export function createUploadRoutes<Parent extends AnyRoute>(parent: Parent) {
  return [
    createRoute({
      getParentRoute: () => parent,
      path: '/uploads',
      validateSearch: (search: Record<string, unknown>): HistoryFilters => parseHistoryFilters(search),
      component: lazyRouteComponent(() => import('./uploads-page.tsx'), 'UploadsPage'),
    }),
    createRoute({
      getParentRoute: () => parent,
      path: '/uploads/$uploadId',
      /** `row` is the number of the row to show, as a spreadsheet counts rows. */
      validateSearch: ({ row }: Record<string, unknown>): { row?: number } => {
        const number = Number(row);
        return Number.isSafeInteger(number) && number > 1 ? { row: number } : {};
      },
      component: lazyRouteComponent(() => import('./upload/upload-page.tsx'), 'UploadPage'),
    }),
    createRoute({
      getParentRoute: () => parent,
      path: '/templates',
      component: lazyRouteComponent(() => import('./templates/templates-page.tsx'), 'TemplatesPage'),
    }),
  ] as const;
}
