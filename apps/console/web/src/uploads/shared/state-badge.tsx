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

interface Look {
  readonly label: string;
  readonly color: string;
  readonly icon: TablerIcon;
}

/** A word and a shape for each state, so that colour never says it alone. */
export const stateLooks: Readonly<Record<Stage, Look>> = {
  received: { label: 'Received', color: 'gray', icon: IconClock },
  loading: { label: 'Loading', color: 'blue', icon: IconLoader2 },
  published: { label: 'Published', color: 'spruce', icon: IconCheck },
  superseded: { label: 'Replaced', color: 'gray', icon: IconReplace },
  retired: { label: 'Undone', color: 'gray', icon: IconArrowBackUp },
  rejected: { label: 'Rejected', color: 'red', icon: IconX },
  failed: { label: 'Failed', color: 'orange', icon: IconAlertTriangle },
};

export function StateBadge({ stage }: { readonly stage: Stage }) {
  const { label, color, icon: Icon } = stateLooks[stage];
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
      {label}
    </Badge>
  );
}
