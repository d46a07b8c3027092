/**
 * The dashboards of packages/reports in QuickSight: a theme, a dashboard for readers, and an analysis with the same content, which
 * readers can copy and change.
 *
 * Terraform's AWS provider reads a definition back in another form, so every apply would change the definition
 * (provider issues 36733 and 41878). Terraform therefore ignores changes of the definition. If the definition in this
 * repository changes, Terraform replaces the dashboard and the analysis. Their ids and addresses stay the same.
 */
import { createHash } from 'node:crypto';
import { QuicksightAnalysis } from '@cdktf/provider-aws/lib/quicksight-analysis/index.js';
import { QuicksightDashboard } from '@cdktf/provider-aws/lib/quicksight-dashboard/index.js';
import { QuicksightTheme } from '@cdktf/provider-aws/lib/quicksight-theme/index.js';
import { baseThemeId, reportDefinition, theme } from '@centflow/reports/quicksight';
import { Construct } from 'constructs';
import { RecordedValue } from '../../constructs/recorded-value.ts';
import type { Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { type Permission, readAnalysis, readDashboard, useTheme } from './permissions.ts';
import { toBlock } from './to-blocks.ts';

export interface PublishedDashboardProps {
  readonly currency: string;
  /** ARNs of the data sets by view. */
  readonly dataSetArns: ReadonlyMap<string, string>;
  readonly permit: (actions: readonly string[]) => Permission[];
}

export class PublishedDashboard extends Construct {
  constructor(scope: Construct, id: string, environment: Environment, props: PublishedDashboardProps) {
    super(scope, id);
    const { accountId } = environment;
    const { prefix } = namesOf(environment);
    const { currency, dataSetArns, permit } = props;
    const definitionWith = (dataSetArn: (view: string) => string) =>
      toBlock(reportDefinition({ dataSetArn, currency }));
    const definition = definitionWith((view) => {
      const arn = dataSetArns.get(view);
      if (arn === undefined)
        throw new Error(
          `The dashboards read the view ${view}, which has no data set. Add its data set in infra/src/stacks/report.ts.`,
        );
      return arn;
    });

    // The hash covers only values that this repository sets. These include the prefix, from which QuickSight's ARNs derive.
    const written = JSON.stringify([definitionWith((view) => view), prefix]);
    const version = new RecordedValue(this, 'version', {
      definition: createHash('sha256').update(written).digest('hex'),
    });
    // CDKTF writes a reference to a resource as `${…}`, which Terraform does not accept here. A fixed name avoids the reference.
    version.overrideLogicalId('definition');
    const lifecycle = { ignoreChanges: ['definition'], replaceTriggeredBy: ['terraform_data.definition'] };

    const quickSightTheme = new QuicksightTheme(this, 'theme', {
      awsAccountId: accountId,
      themeId: `${prefix}-theme`,
      name: `${prefix} theme`,
      baseThemeId,
      permissions: permit(useTheme),
    });
    quickSightTheme.addOverride('configuration', [toBlock(theme)]);
    const shared = { awsAccountId: accountId, themeArn: quickSightTheme.arn, definition: [definition], lifecycle };
    new QuicksightDashboard(this, 'dashboard', {
      ...shared,
      dashboardId: `${prefix}-reports`,
      name: `${prefix}-reports`,
      versionDescription: 'From packages/reports',
      permissions: permit(readDashboard),
    });
    new QuicksightAnalysis(this, 'analysis', {
      ...shared,
      analysisId: `${prefix}-reports`,
      name: `${prefix}-reports`,
      // With a recovery window, a deleted analysis would keep its id, so its replacement could not be created.
      recoveryWindowInDays: 0,
      permissions: permit(readAnalysis),
    });
  }
}
