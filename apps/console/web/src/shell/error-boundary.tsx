import { Button, Group, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { describeError } from '../api/problem.ts';

interface State {
  readonly error?: unknown;
}

/** Catches errors in the console's code and shows a message instead of an empty page. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <PageFault error={this.state.error} reset={() => this.setState({ error: undefined })} />;
  }
}

/** Shows an error of a single page. The navigation keeps working. */
export function PageFault({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const { title, detail } = describeError(error);
  return (
    <div role="alert" className="panel" style={{ padding: 32, maxWidth: 640 }}>
      <Title order={2}>{title}</Title>
      <Text mt="xs">{detail}</Text>
      <Text mt="xs" c="dimmed">
        Everything you entered is saved in this browser.
      </Text>
      <Group mt="lg">
        <Button onClick={reset}>Try again</Button>
        <Button variant="default" onClick={() => location.reload()}>
          Reload the page
        </Button>
      </Group>
    </div>
  );
}
