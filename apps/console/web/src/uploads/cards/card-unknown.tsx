import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { MapButton } from '../mapping/map-button.tsx';
import { feeds, feedTitle } from '../shared/feeds.ts';
import type { Card, Phase } from './card.ts';
import classes from './card-view.module.css';
import { cards } from './the-cards.ts';

interface Props extends Pick<Extract<Phase, { at: 'unknown' }>, 'header' | 'templatesTrouble'> {
  readonly card: Card;
}

/** Its header is no feed's: most likely it is a bank's own export. */
export function CardUnknown({ card, header, templatesTrouble }: Props) {
  const [other, setOther] = useState(false);
  return (
    <Stack className={classes.body} gap="sm">
      <Text size="sm">
        This is no file of incomes, expenses or budgets as it stands. If it comes from your bank, say once which column
        is what: the next export of that bank is then read by itself.
      </Text>
      {header.length > 0 ? (
        <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          Its columns: {header.join(', ')}
        </Text>
      ) : null}
      {templatesTrouble === null ? null : (
        <Alert role="alert" variant="light" color="orange" title="Your templates could not be loaded">
          <Text size="sm" mb="xs">
            So this file was not compared with them. {templatesTrouble.detail}
          </Text>
          <Button variant="default" size="xs" onClick={() => cards.lookAgain(card.id)}>
            Compare it with my templates
          </Button>
        </Alert>
      )}
      <Group gap="sm">
        <MapButton card={card} label="Map its columns" primary />
        {other ? (
          <Select
            aria-label="Feed"
            placeholder="Which feed should it be?"
            data={feeds.map((value) => ({ value, label: feedTitle(value) }))}
            onChange={(value) => {
              const feed = feeds.find((name) => name === value);
              if (feed !== undefined) cards.choose(card.id, feed);
            }}
          />
        ) : (
          <Button variant="subtle" onClick={() => setOther(true)}>
            It should be one: tell me what is wrong
          </Button>
        )}
      </Group>
    </Stack>
  );
}
