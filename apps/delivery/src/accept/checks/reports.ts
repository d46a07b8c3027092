/** Checks the QuickSight resources whose status the API shows. */
import {
  DescribeDashboardCommand,
  DescribeDataSetCommand,
  DescribeDataSourceCommand,
  DescribeVPCConnectionCommand,
} from '@aws-sdk/client-quicksight';
import { type Check, expectThat } from '../check.ts';

const GOOD = ['CREATION_SUCCESSFUL', 'UPDATE_SUCCESSFUL'];

export const quickSight: Check = {
  name: 'quicksight',
  proves:
    'QuickSight’s VPC connection is available, and its data source, data sets and dashboards exist without errors',
  ifItFails:
    'apply the stage `report` again, because QuickSight reports its VPC connection as ready slightly too early. For the secret and the subscription, see docs/runbook.md, "QuickSight"',
  disruptive: null,
  absent: ({ report }) => (report === null ? 'the environment has no reports (`report` is null)' : undefined),
  run: async ({ account, deployed, environment }) => {
    const { quicksight } = account;
    const AwsAccountId = environment.accountId;
    for (const { vpc_connection_id } of deployed.all('aws_quicksight_vpc_connection')) {
      const VPCConnectionId = String(vpc_connection_id);
      const { VPCConnection } = await quicksight.send(
        new DescribeVPCConnectionCommand({ AwsAccountId, VPCConnectionId }),
      );
      const { AvailabilityStatus, Status } = VPCConnection ?? {};
      expectThat(AvailabilityStatus === 'AVAILABLE', `${VPCConnectionId} is ${AvailabilityStatus} (${Status})`);
    }
    for (const { data_source_id } of deployed.all('aws_quicksight_data_source')) {
      const DataSourceId = String(data_source_id);
      const { DataSource } = await quicksight.send(new DescribeDataSourceCommand({ AwsAccountId, DataSourceId }));
      const { Status = '', ErrorInfo } = DataSource ?? {};
      expectThat(GOOD.includes(Status), `${DataSourceId} is ${Status}: ${ErrorInfo?.Message ?? ''}`);
    }
    const dataSets = deployed.all('aws_quicksight_data_set').map(({ data_set_id }) => String(data_set_id));
    expectThat(dataSets.length > 0, 'the Terraform state of the stage `report` contains no data set');
    for (const DataSetId of dataSets) {
      const { DataSet } = await quicksight.send(new DescribeDataSetCommand({ AwsAccountId, DataSetId }));
      const rules = DataSet?.RowLevelPermissionDataSet;
      expectThat((DataSet?.OutputColumns ?? []).length > 0, `${DataSetId} has no columns`);
      expectThat(
        rules?.Status === 'ENABLED',
        `${DataSetId} shows every row to each reader, because it has no row-level rules`,
      );
    }
    const dashboards = deployed.all('aws_quicksight_dashboard').map(({ dashboard_id }) => String(dashboard_id));
    expectThat(dashboards.length > 0, 'the Terraform state of the stage `report` contains no dashboard');
    for (const DashboardId of dashboards) {
      const { Dashboard } = await quicksight.send(new DescribeDashboardCommand({ AwsAccountId, DashboardId }));
      const { Status = '', Errors = [] } = Dashboard?.Version ?? {};
      const problems = Errors.map(({ Message }) => Message).join('; ');
      expectThat(GOOD.includes(Status) && Errors.length === 0, `${DashboardId} is ${Status}: ${problems}`);
    }
    return `${dataSets.length} data sets, ${dashboards.length} dashboards`;
  },
};
