import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ShellRoute } from '../shell/routes.tsx';
import { parseTransactionSearch } from './search.ts';

export function createTransactionsRoute(parent: ShellRoute) {
  return createRoute({
    getParentRoute: () => parent,
    path: '/transactions',
    validateSearch: parseTransactionSearch,
    component: lazyRouteComponent(() => import('./transactions-page.tsx')),
  });
}
