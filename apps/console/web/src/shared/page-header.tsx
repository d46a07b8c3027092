import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** One sentence that explains the purpose of the page. */
  readonly description?: ReactNode;
  /** The actions of the page, on the right. */
  readonly actions?: ReactNode;
}

/** Shows the page's only `h1` and sets the title of the tab. */
export function PageHeader({ title, description, actions }: Props) {
  return (
    <Group component="header" justify="space-between" align="flex-end" gap="md" mb="lg">
      <title>{`${title} · Centflow`}</title>
      <div style={{ minWidth: 0, flex: '1 1 320px' }}>
        <Title order={1}>{title}</Title>
        {description ? (
          <Text c="dimmed" mt={4} maw={680}>
            {description}
          </Text>
        ) : null}
      </div>
      {actions ? (
        <Group gap="xs" className="no-print">
          {actions}
        </Group>
      ) : null}
    </Group>
  );
}
