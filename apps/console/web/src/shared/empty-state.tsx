import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  /** A button or link for the next step. */
  readonly action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" className="panel" ta="center">
      <Text c="var(--mantine-primary-color-light-color)" aria-hidden lh={0}>
        {icon}
      </Text>
      <Title order={2}>{title}</Title>
      {children ? (
        <Text c="dimmed" maw={460} component="div">
          {children}
        </Text>
      ) : null}
      {action}
    </Stack>
  );
}
