import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconReplace } from '@tabler/icons-react';
import { useState } from 'react';
import { formatMoment } from '../../shared/dates.ts';
import { formatBytes } from '../../shared/numbers.ts';
import attention from '../shared/attention.module.css';
import { CompareFiles } from '../versions/compare-versions.tsx';
import type { Card, ExistingFile } from './card.ts';
import { cards } from './page-cards.ts';

/** Lets people choose whether a file replaces the existing file of the same name. */
export function NameTaken({ card, existing }: { readonly card: Card; readonly existing: ExistingFile }) {
  const [compare, setCompare] = useState(false);
  return (
    <Alert
      variant="light"
      color={card.corrects ? 'blue' : 'orange'}
      icon={<IconReplace aria-hidden />}
      {...(card.corrects ? {} : { classNames: attention })}
      title={
        card.corrects ? 'This file will replace the one you sent before' : 'You’ve already sent a file with this name'
      }
    >
      <Stack gap="sm">
        <Text size="sm">
          {card.name} was sent on {formatMoment(existing.lastModified)} ({formatBytes(existing.bytes)}).{' '}
          {card.corrects
            ? 'The new file replaces all rows of the old file at once. You can undo the replacement.'
            : 'Replace that file, or keep both?'}
        </Text>
        <Group gap="xs">
          {card.corrects ? (
            <Button size="xs" variant="default" onClick={() => cards.correct(card.id, false)}>
              Don’t replace it
            </Button>
          ) : (
            <>
              <Button size="xs" onClick={() => cards.correct(card.id, true)}>
                Replace
              </Button>
              <Button size="xs" variant="default" onClick={() => cards.renameToFree(card.id)}>
                Keep both
              </Button>
            </>
          )}
          <Button size="xs" variant="subtle" aria-expanded={compare} onClick={() => setCompare(!compare)}>
            {compare ? 'Hide differences' : 'Show differences'}
          </Button>
        </Group>
        {compare && card.feed !== null ? (
          <CompareFiles
            feed={card.feed}
            before={{
              kind: 'stored',
              objectKey: existing.objectKey,
              versionId: existing.versionId,
              bytes: existing.bytes,
            }}
            after={{ kind: 'local', blob: card.source, name: card.name }}
          />
        ) : null}
      </Stack>
    </Alert>
  );
}
