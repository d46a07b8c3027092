import { Group, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { LoadingPanel } from '../shared/loading.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import classes from './operations.module.css';

interface Props<Data> {
  readonly title: string;
  readonly description: string;
  readonly query: UseQueryResult<Data>;
  readonly height: number;
  readonly actions?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** Shows one topic of the operations page. Each panel loads and fails independently. */
export function Panel<Data>({ title, description, query, height, actions, children }: Props<Data>) {
  const id = useId();
  return (
    <section className={`panel ${classes.panel}`} aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm" mb="sm">
        <div>
          <Title order={2} size="md" id={id}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        </div>
        {actions}
      </Group>
      {query.isError ? (
        <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <LoadingPanel height={height} label={`Loading “${title}”`} />
      ) : (
        children(query.data)
      )}
    </section>
  );
}

/** Milliseconds between refreshes. */
export const REFRESH = 15_000;
