import { ActionIcon, Group, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { signOut } from '../session/sign-out.ts';
import { useWho } from '../session/use-session.ts';

/** Shows the signed-in person, the colour scheme switch and the sign-out button. */
export function WhoAmI() {
  const who = useWho();
  const name = who.data?.name ?? who.data?.owner ?? '';
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" px={12} py="xs">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600} truncate>
          {name || '\u00a0'}
        </Text>
        <Text size="xs" c="dimmed">
          {who.data?.operator ? 'Operator' : 'Signed in'}
        </Text>
      </div>
      <Group gap={4} wrap="nowrap">
        <ColorSchemeToggle />
        <Tooltip label="Sign out">
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Sign out" onClick={() => void signOut()}>
            <IconLogout size={18} stroke={1.75} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Group>
  );
}

/** Switches the colour scheme. Before the first switch, the colour scheme follows the operating system. */
export function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('light');
  const other = shown === 'dark' ? 'light' : 'dark';
  const label = `Switch to ${other} colours`;
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(other)}>
        {shown === 'dark' ? (
          <IconSun size={18} stroke={1.75} aria-hidden />
        ) : (
          <IconMoon size={18} stroke={1.75} aria-hidden />
        )}
      </ActionIcon>
    </Tooltip>
  );
}
