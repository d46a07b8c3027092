import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { createDashboardRoutes } from './dashboards/routes.tsx';
import { LoadingPage } from './shared/loading.tsx';
import { PageFault } from './shell/error-boundary.tsx';
import { rootRoute, shellRoute } from './shell/routes.tsx';
import { createTransactionsRoute } from './transactions/routes.tsx';
import { createUploadRoutes } from './uploads/routes.tsx';

/** The page to which the OIDC provider returns people after they sign in. */
const signInReturnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'sign-in/return',
  component: lazyRouteComponent(() => import('./session/sign-in-return.tsx')),
});

/** The page to which the OIDC provider returns a second window after signing out. */
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
    ...createDashboardRoutes(shellRoute),
    createTransactionsRoute(shellRoute),
    ...createUploadRoutes(shellRoute),
    operationsRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  // The router need not cache data, because TanStack Query caches the figures and tracks their age.
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
