import { SimpleGrid, Stack } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useWho } from '../session/use-session.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { LoadingPage } from '../shared/loading.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { Alarms } from './alarms.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { JobRuns } from './job-runs.tsx';
import { Latency } from './latency.tsx';
import { LocalParts } from './local-parts.tsx';
import { PipelineUploads } from './pipeline-uploads.tsx';
import { Sweep } from './sweep.tsx';

/** Shows operators the state of the pipeline, without rows or amounts. */
export default function OperationsPage() {
  const who = useWho();
  if (who.isPending) return <LoadingPage />;
  if (!who.data?.operator)
    return (
      <>
        <PageHeader title="Operations" />
        <EmptyState icon={<IconLock size={40} stroke={1.5} />} title="For operators only">
          This page shows how Centflow is running. To see what happened to your own files, open Uploads.
        </EmptyState>
      </>
    );
  return (
    <>
      <PageHeader
        title="Operations"
        description="How the pipeline is doing. This page never shows people’s rows or amounts."
      />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <DeadLetters />
          <Sweep />
        </SimpleGrid>
        <Latency />
        <JobRuns />
        <PipelineUploads />
        <Alarms />
        <LocalParts />
      </Stack>
    </>
  );
}
