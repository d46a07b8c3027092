import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { SignedInShell } from './signed-in-shell.tsx';

export const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** The parent route of all pages that need a sign-in. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: SignedInShell,
});
export type ShellRoute = typeof shellRoute;
