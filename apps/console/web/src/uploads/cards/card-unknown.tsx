import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { MapButton } from '../mapping/map-button.tsx';
import { feeds, getTypeTitle } from '../shared/feeds.ts';
import type { Card, Phase } from './card.ts';
import classes from './card-view.module.css';
import { cards } from './page-cards.ts';

interface Props extends Pick<Extract<Phase, { kind: 'unknown' }>, 'header' | 'templatesError'> {
  readonly card: Card;
}

/** Shows a file whose columns do not match any type. The file is most likely a bank's export. */
export function CardUnknown({ card, header, templatesError }: Props) {
  const [other, setOther] = useState(false);
  return (
    <Stack className={classes.body} gap="sm">
      <Text size="sm">
        We don’t know this layout yet. Match its columns once, and the next export from this bank will be recognised.
      </Text>
      {header.length > 0 ? (
        <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          Columns: {header.join(', ')}
        </Text>
      ) : null}
      {templatesError === null ? null : (
        <Alert role="alert" variant="light" color="orange" title="Your templates could not be loaded">
          <Text size="sm" mb="xs">
            We could not check whether one of your templates fits this file. {templatesError.detail}
          </Text>
          <Button variant="default" size="xs" onClick={() => cards.checkAgain(card.id)}>
            Try my templates again
          </Button>
        </Alert>
      )}
      <Group gap="sm">
        <MapButton card={card} label="Match the columns" primary />
        {other ? (
          <Select
            aria-label="Type"
            placeholder="Choose a type"
            data={feeds.map((value) => ({ value, label: getTypeTitle(value) }))}
            onChange={(value) => {
              const feed = feeds.find((name) => name === value);
              if (feed !== undefined) cards.choose(card.id, feed);
            }}
          />
        ) : (
          <Button variant="subtle" onClick={() => setOther(true)}>
            It’s already in Centflow’s format – show me what’s wrong
          </Button>
        )}
      </Group>
    </Stack>
  );
}
