import { type Dashboard, dashboards, findVisual } from '@centflow/reports';
import { Button } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { EmptyState } from '../shared/empty-state.tsx';
import { LoadingPanel } from '../shared/loading.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { NotFound } from '../shell/not-found.tsx';
import { describeChoices } from './choice-words.ts';
import { type Chosen, getFilters } from './chosen.ts';
import classes from './dashboards.module.css';
import { DrillView } from './drill-view.tsx';
import { FilterBar } from './filter-bar.tsx';
import { getPeriodMonths } from './period.ts';
import { type Choices, useChoices } from './use-visual.ts';
import { VisualCard } from './visual-card.tsx';

const route = getRouteApi('/shell/dashboards/$dashboardId');

export default function DashboardPage() {
  const { dashboardId } = route.useParams();
  const dashboard = dashboards.find(({ id }) => id === dashboardId);
  if (!dashboard) return <NotFound />;
  return <DashboardContent key={dashboard.id} dashboard={dashboard} />;
}

function DashboardContent({ dashboard }: { readonly dashboard: Dashboard }) {
  const choices = useChoices();
  const header = <PageHeader title={dashboard.title} description={dashboard.description} />;
  if (choices.isError)
    return (
      <>
        {header}
        <ProblemNotice error={choices.error} onRetry={() => void choices.refetch()} />
      </>
    );
  if (choices.isPending)
    return (
      <>
        {header}
        <LoadingPanel height={560} label="Loading the dashboard" />
      </>
    );
  if (choices.data.firstMonth === null && isAboutMoney(dashboard))
    return (
      <>
        {header}
        <NoStatements />
      </>
    );
  return (
    <>
      {header}
      <Visuals dashboard={dashboard} choices={choices.data} />
    </>
  );
}

function Visuals({ dashboard, choices }: { readonly dashboard: Dashboard; readonly choices: Choices }) {
  const chosen = addDefaults(route.useSearch(), dashboard, choices);
  const navigate = route.useNavigate();
  const step = chosen.path?.at(-1);
  const drilled = step && findVisual(step.visual);
  const filters = getFilters(chosen);
  if (step && drilled)
    return (
      <DrillView dashboard={dashboard} chosen={chosen} visual={drilled} filters={{ ...filters, ...step.filters }} />
    );
  return (
    <>
      <FilterBar
        filters={dashboard.filters}
        choices={choices}
        chosen={chosen}
        onChoose={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
      />
      <p className="print-only">{describeChoices(filters, dashboard.filters).join(' · ')}</p>
      <div className={classes.grid}>
        {dashboard.visuals.map(({ visual, width }) => (
          <div key={visual.id} className={classes.cell} data-width={width} data-kind={visual.kind}>
            <VisualCard visual={visual} filters={filters} chosen={chosen} />
          </div>
        ))}
      </div>
    </>
  );
}

/**
 * Adds the defaults: the owner's main currency and, for amounts, the last twelve months. Every request contains these
 * filters, so all visuals show the same selection.
 */
function addDefaults(chosen: Chosen, dashboard: Dashboard, { currencies, firstMonth, lastMonth }: Choices): Chosen {
  const currency = chosen.currency ?? currencies[0];
  const hasNoMonths = chosen.from === undefined && chosen.to === undefined;
  const months =
    hasNoMonths && isAboutMoney(dashboard) && firstMonth && lastMonth
      ? getPeriodMonths('last-12', { first: firstMonth, last: lastMonth })
      : {};
  return { ...(currency === undefined ? {} : { currency }), ...months, ...chosen };
}

function isAboutMoney({ filters }: Dashboard): boolean {
  return filters.includes('currency');
}

function NoStatements() {
  return (
    <EmptyState
      icon={<IconUpload size={44} stroke={1.4} />}
      title="No statements yet"
      action={
        <Button component={Link} to="/uploads" size="md" mt="sm">
          Upload a statement
        </Button>
      }
    >
      Upload a CSV file from your bank, and your figures appear here. You see a preview before anything is sent.
    </EmptyState>
  );
}
