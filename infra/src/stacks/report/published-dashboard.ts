/**
 * The dashboards of packages/reports as QuickSight shows them: a theme, a dashboard to read, and the same as an analysis to
 * copy and change.
 *
 * The provider reads a definition back otherwise than it was written, and would change it at every apply (provider issues
 * 36733 and 41878). So the definition is ignored, and a change of ours replaces dashboard and analysis, under the same ids
 * and addresses.
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
  /** ARNs of the data sets, by view. */
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
      if (arn === undefined) throw new Error(`The dashboards read ${view}, which QuickSight is not offered.`);
      return arn;
    });

    // Of what we wrote, so that it changes exactly when we change it. QuickSight's ARNs follow from names.
    const written = JSON.stringify([definitionWith((view) => view), prefix]);
    const version = new RecordedValue(this, 'version', {
      definition: createHash('sha256').update(written).digest('hex'),
    });
    // CDKTF writes `${…}` around a resource there, which Terraform's JSON does not take: so a name that we know.
    version.overrideLogicalId('definition');
    const lifecycle = { ignoreChanges: ['definition'], replaceTriggeredBy: ['terraform_data.definition'] };

    const colours = new QuicksightTheme(this, 'theme', {
      awsAccountId: accountId,
      themeId: `${prefix}-theme`,
      name: `${prefix} theme`,
      baseThemeId,
      permissions: permit(useTheme),
    });
    colours.addOverride('configuration', [toBlock(theme)]);
    const shared = { awsAccountId: accountId, themeArn: colours.arn, definition: [definition], lifecycle };
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
      // One that waits in the bin would keep its id from the one that replaces it.
      recoveryWindowInDays: 0,
      permissions: permit(readAnalysis),
    });
  }
}
