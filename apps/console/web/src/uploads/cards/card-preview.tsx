/** Shows the effect of sending a file, and the problems that prevent sending it. */
import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle, IconSend, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import { formatBytes, formatCount } from '../../shared/numbers.ts';
import { findNameProblem } from '../drop/object-name.ts';
import { MapButton } from '../mapping/map-button.tsx';
import attention from '../shared/attention.module.css';
import { feeds, getTypeTitle } from '../shared/feeds.ts';
import { type Card, type FileCheck, findObstacle } from './card.ts';
import { CardFixes } from './card-fixes.tsx';
import classes from './card-view.module.css';
import { NameTaken } from './name-taken.tsx';
import { cards } from './page-cards.ts';
import { PreviewFigures } from './preview-figures.tsx';

export function CardPreview({ card, check }: { readonly card: Card; readonly check: FileCheck }) {
  const { preview, existing, bytesSent } = check;
  const obstacle = findObstacle(card);
  const hasNoUsableRows = preview.rejected === undefined && preview.rowsGood === 0;
  return (
    <Stack className={classes.body} gap="md">
      {card.basedOn === null ? <NameAndFeed card={card} /> : null}
      {preview.rejected === undefined ? (
        <>
          <PreviewFigures check={check} />
          {preview.ignoredColumns.length > 0 ? (
            <Text size="sm" c="dimmed">
              Ignored columns: {preview.ignoredColumns.join(', ')}.
            </Text>
          ) : null}
          {preview.rowsQuarantined > 0 ? <CardFixes card={card} preview={preview} /> : null}
        </>
      ) : (
        <Alert
          role="alert"
          variant="light"
          color="red"
          icon={<IconAlertTriangle aria-hidden />}
          title="This file can’t be imported"
        >
          <Stack gap="sm" align="flex-start">
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {preview.rejected.reason}
            </Text>
            {card.origin === null ? (
              <MapButton card={card} label="It’s an export from my bank – match its columns" />
            ) : null}
          </Stack>
        </Alert>
      )}
      {existing !== null && card.basedOn === null ? <NameTaken card={card} existing={existing} /> : null}
      {card.basedOn !== null && obstacle !== null ? (
        <Alert
          role="alert"
          variant="light"
          color="orange"
          classNames={attention}
          icon={<IconAlertTriangle aria-hidden />}
          title="This file has changed"
        >
          {obstacle}
        </Alert>
      ) : null}
      {preview.rejected === undefined ? (
        <Group gap="sm" justify="space-between">
          <Group gap="xs">
            <Button
              leftSection={<IconSend size={18} aria-hidden />}
              disabled={obstacle !== null || findNameProblem(card.name, card.basedOn !== null) !== null}
              onClick={() => void cards.send(card.id)}
            >
              {bytesSent > 0
                ? `Resume sending (${formatBytes(bytesSent)} already sent)`
                : card.corrects
                  ? 'Send the correction'
                  : 'Send'}
            </Button>
            {card.origin === null ? null : <MapButton card={card} label="Change the column matching" />}
          </Group>
          {hasNoUsableRows ? (
            <Text size="sm" c="dimmed">
              <IconInfoCircle size={16} aria-hidden style={{ verticalAlign: -3 }} /> No usable rows, so sending this
              file would change nothing. Fix its rows, or drop another file.
            </Text>
          ) : null}
        </Group>
      ) : null}
    </Stack>
  );
}

/** Shows the type and the name of the file, and lets people change them. */
function NameAndFeed({ card }: { readonly card: Card }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(card.name);
  const problem = findNameProblem(name);
  if (!open && findNameProblem(card.name) === null) {
    return (
      <Group gap={6}>
        <IconTable size={16} aria-hidden />
        <Text size="sm">
          Will be added to <b>{getTypeTitle(card.feed)}</b>
          {card.origin?.template ? <>, read with your template “{card.origin.template}”</> : null}
          {card.fixed > 0 ? `, with ${formatCount(card.fixed, 'row')} fixed` : null}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => setOpen(true)}
          aria-label={`Change the type or name of ${card.name}`}
        >
          Change
        </Button>
      </Group>
    );
  }
  return (
    <Group gap="sm" align="flex-start">
      <Select
        label="Type"
        w={170}
        allowDeselect={false}
        data={feeds.map((value) => ({ value, label: getTypeTitle(value) }))}
        value={card.feed}
        disabled={card.origin !== null}
        onChange={(value) => {
          const feed = feeds.find((other) => other === value);
          if (feed !== undefined) cards.choose(card.id, feed);
        }}
      />
      <form
        style={{ flex: '1 1 240px' }}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null) cards.rename(card.id, name);
        }}
      >
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <TextInput
            style={{ flex: 1 }}
            label="Name"
            description="A file that you send later with the same name replaces this one."
            value={name}
            error={problem}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            spellCheck={false}
            autoComplete="off"
          />
          <Button type="submit" variant="default" mt={45} disabled={problem !== null || name === card.name}>
            Rename
          </Button>
        </Group>
      </form>
    </Group>
  );
}
