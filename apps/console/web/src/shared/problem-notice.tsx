import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { describeError } from '../api/problem.ts';

interface Props {
  readonly error: unknown;
  /** Shown as “Try again” where trying again makes sense. */
  readonly onRetry?: () => void;
}

/** Stands beside what it concerns; read out when it appears. */
export function ProblemNotice({ error, onRetry }: Props) {
  const { title, detail } = describeError(error);
  return (
    <Alert role="alert" variant="light" color="red" title={title} icon={<IconAlertTriangle aria-hidden />}>
      <Text size="sm">{detail}</Text>
      {onRetry ? (
        <Button size="xs" mt="sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </Alert>
  );
}
