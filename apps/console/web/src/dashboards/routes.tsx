import { dashboards } from '@centflow/reports';
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import type { ShellRoute } from '../shell/routes.tsx';
import { parseChosen } from './chosen.ts';

const overview = dashboards[0]?.id ?? 'cash-flow';

export function createDashboardRoutes(parent: ShellRoute) {
  return [
    createRoute({
      getParentRoute: () => parent,
      path: '/',
      beforeLoad: () => {
        throw redirect({ to: '/dashboards/$dashboardId', params: { dashboardId: overview }, replace: true });
      },
    }),
    createRoute({
      getParentRoute: () => parent,
      path: '/dashboards/$dashboardId',
      validateSearch: parseChosen,
      component: lazyRouteComponent(() => import('./dashboard-page.tsx')),
    }),
  ] as const;
}
