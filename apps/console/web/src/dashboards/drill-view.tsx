import { type Dashboard, type Filters, findVisual, type Visual } from '@centflow/reports';
import { Anchor, Badge, Breadcrumbs, Group, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { describeChoices } from './choice-words.ts';
import type { Chosen, DrillStep } from './chosen.ts';
import { VisualCard } from './visual-card.tsx';

interface Props {
  readonly dashboard: Dashboard;
  readonly chosen: Chosen;
  readonly visual: Visual;
  readonly filters: Filters;
}

/** Shows one visual, filtered by the clicked mark, with breadcrumbs above it. */
export function DrillView({ dashboard, chosen, visual, filters }: Props) {
  const path = chosen.path ?? [];
  const place = useFocusOn(path.length);
  return (
    <section ref={place} tabIndex={-1} aria-label={visual.title} style={{ outline: 'none' }}>
      <Breadcrumbs
        separator={<IconChevronRight size={14} aria-hidden />}
        mb="sm"
        component="nav"
        aria-label="Breadcrumbs"
      >
        <Crumb dashboard={dashboard} chosen={chosen} path={[]} title={`Back to ${dashboard.title}`} />
        {path.slice(0, -1).map((step, index) => (
          <Crumb
            key={step.visual}
            dashboard={dashboard}
            chosen={chosen}
            path={path.slice(0, index + 1)}
            title={findVisual(step.visual)?.title ?? step.visual}
          />
        ))}
        <Text size="sm" fw={600}>
          {visual.title}
        </Text>
      </Breadcrumbs>
      <Group gap={6} mb="md" component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {describeChoices(
          filters,
          visual.filters,
          path.map((step) => step.filters.drill ?? {}),
        ).map((words) => (
          <Badge key={words} component="li" variant="light" size="lg" tt="none" fw={500} maw="100%">
            {words}
          </Badge>
        ))}
      </Group>
      <VisualCard visual={visual} filters={filters} chosen={chosen} isAlone />
    </section>
  );
}

interface CrumbProps {
  readonly dashboard: Dashboard;
  readonly chosen: Chosen;
  readonly path: readonly DrillStep[];
  readonly title: string;
}

function Crumb({ dashboard, chosen: { path: _path, ...chosen }, path, title }: CrumbProps) {
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/dashboards/$dashboardId"
          params={{ dashboardId: dashboard.id }}
          search={path.length > 0 ? { ...chosen, path } : chosen}
        >
          {title}
        </Link>
      )}
    />
  );
}

/** Focuses the visual after each step, because the clicked button is no longer on the page. */
function useFocusOn(step: number) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
  }, [step]);
  return place;
}
