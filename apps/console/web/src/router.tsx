import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { dashboardRoutes } from './dashboards/routes.tsx';
import { LoadingPage } from './shared/loading.tsx';
import { PageFault } from './shell/error-boundary.tsx';
import { rootRoute, shellRoute } from './shell/routes.tsx';
import { transactionsRoute } from './transactions/routes.tsx';
import { uploadRoutes } from './uploads/routes.tsx';

/** Where the OIDC provider sends people back to. */
const signInReturnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'sign-in/return',
  component: lazyRouteComponent(() => import('./session/sign-in-return.tsx')),
});

/** Where it sends a second window back to that has signed out there first. */
const signInAgainRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'sign-in/again',
  component: lazyRouteComponent(() => import('./session/sign-in-again.tsx')),
});

const operationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: 'operations',
  component: lazyRouteComponent(() => import('./operations/operations-page.tsx')),
});

const routeTree = rootRoute.addChildren([
  signInReturnRoute,
  signInAgainRoute,
  shellRoute.addChildren([
    ...dashboardRoutes(shellRoute),
    transactionsRoute(shellRoute),
    ...uploadRoutes(shellRoute),
    operationsRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  // Figures are kept by TanStack Query, which knows how old they are.
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: PageFault,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
