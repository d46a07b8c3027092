import { dashboards } from '@centflow/reports';
import { IconActivityHeartbeat, IconList, IconTemplate, IconUpload } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getDashboardIcon } from '../dashboards/dashboard-icon.tsx';
import { useWho } from '../session/use-session.ts';
import classes from './shell.module.css';

const icon = { size: 19, stroke: 1.75, 'aria-hidden': true } as const;

export function Navigation() {
  const who = useWho();
  const hasMoney = who.data ? who.data.owner !== null : true;
  return (
    <nav aria-label="Main">
      {hasMoney ? (
        <>
          <Section title="Money">
            {dashboards.map(({ id, title }) => {
              const Icon = getDashboardIcon(id);
              return (
                <NavigationLink key={id} to="/dashboards/$dashboardId" params={{ dashboardId: id }}>
                  <Icon {...icon} />
                  {title}
                </NavigationLink>
              );
            })}
            <NavigationLink to="/transactions">
              <IconList {...icon} />
              Transactions
            </NavigationLink>
          </Section>
          <Section title="Statements">
            <NavigationLink to="/uploads">
              <IconUpload {...icon} />
              Uploads
            </NavigationLink>
            <NavigationLink to="/templates">
              <IconTemplate {...icon} />
              Bank templates
            </NavigationLink>
          </Section>
        </>
      ) : null}
      {who.data?.operator ? (
        <Section title="Administration">
          <NavigationLink to="/operations">
            <IconActivityHeartbeat {...icon} />
            Operations
          </NavigationLink>
        </Section>
      ) : null}
    </nav>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <>
      <h2 className={classes.heading}>{title}</h2>
      {children}
    </>
  );
}

/** A link in the navigation. The router sets `aria-current` on the link of the current page. */
function NavigationLink(props: LinkProps & { readonly children: ReactNode }) {
  return <Link className={classes.link} {...props} />;
}
