import { Anchor, AppShell, Box, Burger, Group, ScrollArea } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Brand } from './brand.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';
import { WhoAmI } from './who-am-i.tsx';

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const main = useMainAfterNavigation(close);
  return (
    <AppShell
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      withBorder
    >
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell.Header className={`${classes.header} no-print`} hiddenFrom="sm">
        <Group h="100%" px="md" justify="space-between">
          <Brand />
          <Burger
            opened={opened}
            onClick={toggle}
            size="sm"
            aria-label={opened ? 'Close the navigation' : 'Open the navigation'}
            aria-expanded={opened}
            aria-controls="navigation"
          />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={`${classes.navbar} no-print`} p="sm" id="navigation">
        <Box visibleFrom="sm" px={12} pt={12}>
          <Brand />
        </Box>
        <AppShell.Section grow component={ScrollArea}>
          <Navigation />
        </AppShell.Section>
        <AppShell.Section>
          <WhoAmI />
          <Anchor href="/third-party-notices.txt" target="_blank" size="xs" c="dimmed" px={12}>
            Open-source licences
          </Anchor>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} ref={main} className={classes.main}>
        <Offline />
        <div className={classes.page}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

/** Focuses the main area after each page change, as a browser does, and closes the navigation menu on a phone. */
function useMainAfterNavigation(close: () => void) {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    close();
    main.current?.focus({ preventScroll: true });
  }, [pathname, close]);
  return main;
}

function Offline() {
  const { online } = useNetwork();
  if (online) return null;
  return (
    <div className={classes.offline} role="status">
      You are offline. The figures may be out of date, and will refresh when you are back online.
    </div>
  );
}
