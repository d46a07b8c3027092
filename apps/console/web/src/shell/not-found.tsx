import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../shared/empty-state.tsx';

export function NotFound() {
  return (
    <main>
      <title>Not found · Centflow</title>
      <EmptyState
        icon={<IconMapPinOff size={40} stroke={1.5} />}
        title="Page not found"
        action={
          <Button component={Link} to="/" variant="light">
            Go to the overview
          </Button>
        }
      >
        The address may be old or mistyped. Check it, or go to the overview.
      </EmptyState>
    </main>
  );
}
