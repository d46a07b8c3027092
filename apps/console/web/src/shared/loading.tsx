import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

/** Reserves the height of the content that is loading, so that the page does not jump. */
export function LoadingPanel({ height, label = 'Loading' }: { readonly height: number; readonly label?: string }) {
  return (
    <div role="status">
      <VisuallyHidden>{label}</VisuallyHidden>
      <Skeleton height={height} radius="lg" />
    </div>
  );
}

export function LoadingPage() {
  return (
    <Stack gap="lg" role="status">
      <VisuallyHidden>Loading the page</VisuallyHidden>
      <Skeleton height={34} width="min(280px, 60%)" />
      <Skeleton height={120} radius="lg" />
      <Skeleton height={320} radius="lg" />
    </Stack>
  );
}
