import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { describeError } from '../api/problem.ts';

interface Props {
  readonly error: unknown;
  /** Called by “Try again”. Set this handler only if a retry can help. */
  readonly onRetry?: () => void;
}

/** Shows an error next to the part of the page that failed. Screen readers announce the error. */
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
