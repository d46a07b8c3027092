import { drillInto, type Filters, type Visual, type VisualData } from '@centflow/reports';
import { ActionIcon, Menu, Title, Tooltip } from '@mantine/core';
import { IconChartBar, IconDots, IconFileTypeCsv, IconPhoto, IconTable } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type CSSProperties, lazy, Suspense, useId, useState } from 'react';
import { LoadingPanel } from '../shared/loading.tsx';
import { formatInteger } from '../shared/numbers.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { showErrorToast } from '../shared/toasts.ts';
import { isDrawable } from './charts/drawable.ts';
import type { Chosen } from './chosen.ts';
import classes from './dashboards.module.css';
import { KpiFigure } from './kpi-figure.tsx';
import { PivotTable } from './pivot-table.tsx';
import { useVisual } from './use-visual.ts';
import { getBodyHeight, getDrawingHeight } from './visual-height.ts';
import { VisualTable } from './visual-table.tsx';

const Chart = lazy(() => import('./charts/chart.tsx'));

export type OnMark = (mark: Readonly<Record<string, string | null>>) => void;

interface Props {
  readonly visual: Visual;
  readonly filters: Filters;
  readonly chosen: Chosen;
  /** Whether the visual is the only one on the page, which is the case after a drill. */
  readonly isAlone?: boolean;
}

/** Shows a visual with its question, its table and its downloads. */
export function VisualCard({ visual, filters, chosen, isAlone = false }: Props) {
  const figures = useVisual(visual, filters);
  const [asTable, setAsTable] = useState(false);
  const titleId = useId();
  const onMark = useDrill(visual, filters, chosen);
  const reserved = getBodyHeight(visual, filters, isAlone);
  const height = figures.data ? getDrawingHeight(visual, reserved, figures.data.rows.length) : reserved;
  return (
    <section className={`panel ${classes.card}`} aria-labelledby={titleId} data-visual={visual.id}>
      <div className={classes.cardHead}>
        <div className={classes.cardTitles}>
          <Title order={2} size={visual.kind === 'kpi' ? 'sm' : 'md'} id={titleId}>
            {visual.title}
          </Title>
          {visual.kind === 'kpi' ? null : <p className={classes.question}>{visual.question}</p>}
        </div>
        <Tools
          visual={visual}
          filters={filters}
          data={figures.data}
          asTable={asTable}
          onAsTable={isDrawable(visual) || visual.kind === 'kpi' ? setAsTable : undefined}
        />
      </div>
      <div
        className={`${classes.body} ${figures.isPlaceholderData ? classes.stale : ''}`}
        style={{ '--reserved': `${Math.max(reserved, height)}px` } as CSSProperties}
        aria-busy={figures.isFetching}
      >
        {figures.isError ? (
          <ProblemNotice error={figures.error} onRetry={() => void figures.refetch()} />
        ) : figures.isPending ? (
          <LoadingPanel height={height} label={`Loading “${visual.title}”`} />
        ) : (
          <Body visual={visual} data={figures.data} asTable={asTable} height={height} onMark={onMark} />
        )}
      </div>
      {figures.data?.truncated ? <p className={classes.note}>{describeTruncation(visual, figures.data)}</p> : null}
    </section>
  );
}

interface BodyProps {
  readonly visual: Visual;
  readonly data: VisualData;
  readonly asTable: boolean;
  readonly height: number;
  readonly onMark: OnMark | undefined;
}

function Body({ visual, data, asTable, height, onMark }: BodyProps) {
  if (data.rows.length === 0)
    return <p className={classes.none}>Nothing matches these filters. Change or remove a filter.</p>;
  if (visual.kind === 'pivot') return <PivotTable visual={visual} data={data} onMark={onMark} />;
  if (visual.kind === 'kpi' && !asTable) return <KpiFigure visual={visual} data={data} />;
  if (asTable || !isDrawable(visual)) return <VisualTable visual={visual} data={data} onMark={onMark} />;
  return (
    <Suspense fallback={<LoadingPanel height={height} label={`Drawing “${visual.title}”`} />}>
      <Chart visual={visual} data={data} height={height} onMark={onMark} />
    </Suspense>
  );
}

function describeTruncation(visual: Visual, { rows }: VisualData): string {
  const count = formatInteger(rows.length);
  if (visual.kind === 'list') return `Only the newest ${count} are shown. Open Transactions to see all of them.`;
  return `Only the ${count} largest are shown.`;
}

/** Returns the handler of a click on a mark. The page's address stores the drill, so the back button undoes a drill. */
function useDrill(visual: Visual, filters: Filters, chosen: Chosen): OnMark | undefined {
  const navigate = useNavigate();
  if (visual.drill === undefined) return undefined;
  return (mark) => {
    const finer = drillInto(visual, mark, filters);
    if (!finer) return;
    const { from, to, drill } = finer.filters;
    const step = {
      visual: finer.to,
      filters: { ...(from ? { from } : {}), ...(to ? { to } : {}), ...(drill ? { drill } : {}) },
    };
    const search: Chosen = { ...chosen, path: [...(chosen.path ?? []), step] };
    void navigate({ to: '.', search });
  };
}

interface ToolsProps {
  readonly visual: Visual;
  readonly filters: Filters;
  readonly data: VisualData | undefined;
  readonly asTable: boolean;
  readonly onAsTable: ((asTable: boolean) => void) | undefined;
}

function Tools({ visual, data, asTable, onAsTable }: ToolsProps) {
  const { title } = visual;
  const switchLabel = asTable ? `Show “${title}” as a chart` : `Show “${title}” as a table`;
  return (
    <div className={classes.tools}>
      {onAsTable ? (
        <Tooltip label={asTable ? 'Show as a chart' : 'Show as a table'}>
          <ActionIcon variant="subtle" color="gray" aria-label={switchLabel} onClick={() => onAsTable(!asTable)}>
            {asTable ? <IconChartBar size={18} stroke={1.75} /> : <IconTable size={18} stroke={1.75} />}
          </ActionIcon>
        </Tooltip>
      ) : null}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Save “${title}”`} disabled={!data}>
            <IconDots size={18} stroke={1.75} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFileTypeCsv size={16} aria-hidden />}
            onClick={() => data && void save(async () => (await import('./save-csv.ts')).saveCsv(visual, data))}
          >
            Save as CSV
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPhoto size={16} aria-hidden />}
            onClick={() => data && void save(async () => (await import('./save-png.ts')).savePng(visual, data))}
          >
            Save as PNG
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

async function save(saving: () => Promise<void>): Promise<void> {
  try {
    await saving();
  } catch (error) {
    showErrorToast(error);
  }
}
