/** Shows a dropped file in its current phase. */
import { ActionIcon, Alert, Badge, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconFileSpreadsheet, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { formatBytes, formatPercent } from '../../shared/numbers.ts';
import attention from '../shared/attention.module.css';
import { getTypeTitle } from '../shared/feeds.ts';
import { StateBadge } from '../shared/state-badge.tsx';
import type { Card } from './card.ts';
import { CardFollowing } from './card-following.tsx';
import { CardPreview } from './card-preview.tsx';
import { CardUnknown } from './card-unknown.tsx';
import classes from './card-view.module.css';
import { cards } from './page-cards.ts';

export function CardView({ card }: { readonly card: Card }) {
  const { id, phase, source, feed, name } = card;
  return (
    <article className={`panel ${classes.card}`} aria-label={name}>
      <header className={classes.head}>
        <IconFileSpreadsheet size={26} stroke={1.5} aria-hidden className={classes.icon} />
        <div className={classes.title}>
          <Text fw={650} className={classes.name}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {[
              feed === null ? null : getTypeTitle(feed),
              formatBytes(source.size),
              card.origin === null ? null : `from ${card.origin.fileName}`,
            ]
              .filter((word) => word !== null)
              .join(' · ')}
          </Text>
        </div>
        <CardBadge card={card} />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${phase.kind === 'following' ? 'Clear' : 'Remove'} ${name}`}
          onClick={() => void cards.remove(id)}
        >
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      <CardBody card={card} />
    </article>
  );
}

function CardBadge({ card }: { readonly card: Card }) {
  const { phase } = card;
  if (phase.kind === 'following') return <StateBadge stage={phase.progress.stage} />;
  const words = {
    reading: ['Reading', 'gray'],
    unknown: ['Needs setting up', 'orange'],
    ready: ['Not sent yet', 'blue'],
    sending: ['Sending', 'blue'],
    paused: ['Paused', 'gray'],
    stopped: ['Not sent', 'red'],
  } as const;
  const [label, color] = words[phase.kind];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      fw={600}
      style={{ flex: 'none' }}
      {...(color === 'orange' ? { classNames: attention } : {})}
    >
      {label}
    </Badge>
  );
}

function CardBody({ card }: { readonly card: Card }) {
  const { phase } = card;
  switch (phase.kind) {
    case 'reading':
      return (
        <div className={classes.body}>
          <Progress value={phase.share * 100} aria-label={`Reading ${card.name}`} size="sm" />
          <Text size="sm" c="dimmed" mt={6} role="status">
            Reading the file
            {phase.share > 0.02 ? ` – ${formatPercent(Math.round(phase.share * 100) / 100)}` : '…'}
          </Text>
        </div>
      );
    case 'unknown':
      return <CardUnknown card={card} header={phase.header} templatesError={phase.templatesError} />;
    case 'ready':
      return <CardPreview card={card} check={phase.check} />;
    case 'sending':
    case 'paused':
      return <CardSending card={card} phase={phase} />;
    case 'stopped':
      return (
        <Stack className={classes.body} gap="sm">
          <Alert
            role="alert"
            variant="light"
            color="red"
            icon={<IconAlertTriangle aria-hidden />}
            title={phase.errorText.title}
          >
            {phase.errorText.detail}
          </Alert>
          <Group gap="xs">
            {phase.check === null ? null : <Button onClick={() => void cards.send(card.id)}>Try again</Button>}
            <Button variant="default" onClick={() => cards.checkAgain(card.id)}>
              Check again
            </Button>
          </Group>
        </Stack>
      );
    case 'following':
      return <CardFollowing card={card} phase={phase} />;
  }
}

function CardSending({
  card,
  phase,
}: {
  readonly card: Card;
  readonly phase: Extract<Card['phase'], { kind: 'sending' | 'paused' }>;
}) {
  const { size } = card.source;
  const share = size === 0 ? 1 : phase.sent / size;
  const paused = phase.kind === 'paused';
  const waiting = phase.kind === 'sending' && phase.waiting;
  return (
    <div className={classes.body}>
      <Progress
        value={share * 100}
        aria-label={`Sending ${card.name}`}
        size="md"
        color={paused || waiting ? 'gray' : 'spruce'}
        animated={!paused && !waiting}
      />
      <Group justify="space-between" mt={8} gap="xs">
        <Text size="sm" c="dimmed" className="figures">
          {formatBytes(phase.sent)} of {formatBytes(size)} ({formatPercent(Math.floor(share * 100) / 100)})
        </Text>
        {paused ? (
          <Button
            size="xs"
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            onClick={() => void cards.send(card.id)}
          >
            Resume
          </Button>
        ) : (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => cards.pause(card.id)}
          >
            Pause
          </Button>
        )}
      </Group>
      <Text size="sm" role="status" c={waiting ? 'var(--negative)' : 'dimmed'} mih={22}>
        {waiting ? 'Connection lost. The upload will resume automatically. Nothing is lost.' : null}
        {paused ? 'Paused. The part already sent is kept, even if you close this page.' : null}
      </Text>
    </div>
  );
}
