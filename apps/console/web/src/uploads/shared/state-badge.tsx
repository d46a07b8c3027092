import { Badge } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconClock,
  IconLoader2,
  IconReplace,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Stage } from '../follow/follow.ts';
import attention from './attention.module.css';
import { stateTitles } from './state-titles.ts';

interface FileCheck {
  readonly color: string;
  readonly icon: TablerIcon;
}

/** Each state has a different icon, so that states do not differ only in colour. */
const stateLooks: Readonly<Record<Stage, FileCheck>> = {
  received: { color: 'gray', icon: IconClock },
  loading: { color: 'blue', icon: IconLoader2 },
  published: { color: 'spruce', icon: IconCheck },
  superseded: { color: 'gray', icon: IconReplace },
  retired: { color: 'gray', icon: IconArrowBackUp },
  rejected: { color: 'red', icon: IconX },
  failed: { color: 'orange', icon: IconAlertTriangle },
};

export function StateBadge({ stage }: { readonly stage: Stage }) {
  const { color, icon: Icon } = stateLooks[stage];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      fw={600}
      leftSection={<Icon size={13} aria-hidden />}
      style={{ flex: 'none' }}
      {...(color === 'orange' ? { classNames: attention } : {})}
    >
      {stateTitles[stage]}
    </Badge>
  );
}
