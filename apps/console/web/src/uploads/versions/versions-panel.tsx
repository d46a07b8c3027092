/** Lists the versions of a file, and lets people undo, restore and compare them. */
import { Alert, Anchor, Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconGitCompare } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ObjectVersion } from '../../../../api/contract/objects.ts';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { api, readAnswer } from '../../api/client.ts';
import { formatMoment } from '../../shared/dates.ts';
import { LoadingPanel } from '../../shared/loading.tsx';
import { formatBytes } from '../../shared/numbers.ts';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { StateBadge } from '../shared/state-badge.tsx';
import { CompareVersions } from './compare-versions.tsx';
import { findUndoStep, findVersionBefore } from './undo.ts';
import { useUndo } from './use-undo.ts';
import classes from './versions-panel.module.css';

export function VersionsPanel({ upload }: { readonly upload: Upload }) {
  const { objectKey, versionId } = upload;
  const queries = useQueryClient();
  const versions = useQuery({
    queryKey: ['versions', objectKey],
    queryFn: ({ signal }) => readAnswer(api.objects.versions.$get({ query: { objectKey } }, { init: { signal } })),
    refetchInterval: 15_000,
  });
  const undo = useUndo(upload);
  const [compared, setCompared] = useState<ObjectVersion | null>(null);

  if (versions.isPending) return <LoadingPanel height={160} label="Loading the versions" />;
  if (versions.isError) return <ProblemNotice error={versions.error} onRetry={() => void versions.refetch()} />;
  const all = versions.data.versions;
  const step = findUndoStep(all, versionId);
  const own = all.find((version) => version.versionId === versionId);

  return (
    <Stack component="section" className="panel" p="md" gap="md" aria-labelledby="versions">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} id="versions">
            Versions
          </Title>
          <Text size="sm" c="dimmed" maw={560}>
            Nothing is ever deleted. Undo hides a version or restores an earlier version, and you can reverse that step
            too.
          </Text>
        </div>
        {step === null ? null : (
          <Button
            variant={step.kind === 'bring-back' ? 'filled' : 'default'}
            leftSection={
              step.kind === 'bring-back' ? (
                <IconArrowForwardUp size={18} aria-hidden />
              ) : (
                <IconArrowBackUp size={18} aria-hidden />
              )
            }
            loading={undo.isPending}
            onClick={() => undo.mutate(step)}
          >
            {step.kind === 'bring-back'
              ? 'Restore this version'
              : step.kind === 'remove'
                ? 'Undo this upload'
                : 'Undo this correction'}
          </Button>
        )}
      </Group>

      <div aria-live="polite">
        {undo.isPending && undo.progress !== null ? <Text size="sm">{undo.progress}</Text> : null}
        {undo.isError ? (
          <ProblemNotice
            error={undo.error}
            onRetry={() => {
              undo.reset();
              void queries.invalidateQueries();
            }}
          />
        ) : null}
        {undo.isSuccess && undo.data !== null ? (
          <Alert variant="light" color="spruce" role="status">
            {undo.data.words}{' '}
            {undo.data.uploadId === null ? null : (
              <Anchor
                renderRoot={(props) => (
                  <Link {...props} to="/uploads/$uploadId" params={{ uploadId: String(undo.data?.uploadId) }}>
                    Open the newest version
                  </Link>
                )}
              />
            )}
          </Alert>
        ) : null}
      </div>

      <ol className={classes.list}>
        {all.map((version) => (
          <li key={version.versionId} className={classes.version} data-own={version.versionId === versionId}>
            <div className={classes.what}>
              <Group gap="xs">
                <Text size="sm" fw={600}>
                  {version.isDeleteMarker ? 'Undone' : formatMoment(version.lastModified)}
                </Text>
                {version.state === undefined ? null : <StateBadge stage={version.state} />}
                {version.isNewest ? (
                  <Badge variant="outline" color="gray" tt="none">
                    Newest
                  </Badge>
                ) : null}
                {version.versionId === versionId ? (
                  <Badge variant="outline" color="spruce" tt="none">
                    This page
                  </Badge>
                ) : null}
              </Group>
              <Text size="xs" c="dimmed">
                {version.isDeleteMarker
                  ? `Hidden on ${formatMoment(version.lastModified)}`
                  : formatBytes(version.bytes)}
              </Text>
            </div>
            <Group gap="xs">
              {version.uploadId !== undefined && version.versionId !== versionId ? (
                <Button
                  size="xs"
                  variant="default"
                  renderRoot={(props) => (
                    <Link {...props} to="/uploads/$uploadId" params={{ uploadId: String(version.uploadId) }} />
                  )}
                >
                  Open
                </Button>
              ) : null}
              {!version.isDeleteMarker && version.versionId !== versionId && own !== undefined ? (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconGitCompare size={16} aria-hidden />}
                  aria-expanded={compared?.versionId === version.versionId}
                  onClick={() => setCompared(compared?.versionId === version.versionId ? null : version)}
                >
                  Compare
                </Button>
              ) : null}
            </Group>
          </li>
        ))}
      </ol>
      {versions.data.truncated ? (
        <Text size="sm" c="dimmed">
          Older versions are not shown.
        </Text>
      ) : null}
      {compared === null && own !== undefined && findVersionBefore(all, versionId) !== null ? (
        <Button
          variant="subtle"
          leftSection={<IconGitCompare size={18} aria-hidden />}
          onClick={() => setCompared(findVersionBefore(all, versionId))}
          style={{ alignSelf: 'flex-start' }}
        >
          What did this version change?
        </Button>
      ) : null}
      {compared !== null && own !== undefined ? (
        <CompareVersions
          objectKey={objectKey}
          feed={upload.feed}
          {...(Date.parse(compared.lastModified) <= Date.parse(own.lastModified)
            ? { before: compared, after: own }
            : { before: own, after: compared })}
        />
      ) : null}
    </Stack>
  );
}
