/** The pages about files, as routes below the shell's. */
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { type HistoryFilters, parseHistoryFilters } from './history/filters.ts';

/** The routes of this folder; each page is a chunk of its own. */
export function uploadRoutes<Parent extends AnyRoute>(parent: Parent) {
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
      /** `row`: the line of the file to show, as a spreadsheet counts. */
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
