import { ActionIcon, AppShell, Burger, Group, ScrollArea, Text, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Announcer } from '../parts/announcer.tsx';
import { NavItem } from '../parts/link.tsx';
import { Freshness } from './freshness.tsx';
import { navigation } from './navigation.ts';
import classes from './shell.module.css';

/** The frame of every page: the side bar, and whether what one sees is live. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // On a phone the side bar lies over the page that was chosen in it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is what it waits for
  useEffect(close, [path]);
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 220, breakpoint: 'md', collapsed: { mobile: !isOpen } }}>
      <button type="button" className={classes.skip} onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <AppShell.Header className={classes.header}>
        <Group gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="md"
            size="sm"
            aria-label="Navigation"
            aria-expanded={isOpen}
          />
          <span className={classes.mark} aria-hidden="true" />
          <Text fw={650}>Lead Segments</Text>
        </Group>
        <Group gap="xs" wrap="nowrap">
          <Freshness />
          <ColorSchemeSwitch />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label="Pages" className={classes.navbar} data-open={isOpen || undefined}>
        <AppShell.Section grow component={ScrollArea}>
          {navigation.map(({ name, places }) => (
            <section key={name} aria-label={name} className={classes.room}>
              <p className={classes.roomName} aria-hidden="true">
                {name}
              </p>
              {places.map((place) => (
                <NavItem
                  key={place.to}
                  to={place.to}
                  label={place.name}
                  leftSection={<place.Icon size={18} stroke={1.6} aria-hidden="true" />}
                  active={path === place.to || path.startsWith(`${place.to}/`)}
                />
              ))}
            </section>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Announcer />
    </AppShell>
  );
}

function ColorSchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark =
    colorScheme === 'dark' || (colorScheme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  const label = isDark ? 'Use light colors' : 'Use dark colors';
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} size="lg" onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
        {isDark ? <IconSun size={18} aria-hidden="true" /> : <IconMoon size={18} aria-hidden="true" />}
      </ActionIcon>
    </Tooltip>
  );
}
