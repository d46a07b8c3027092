/**
 * The AWS calls of GitHub's roles. Most calls were recorded in rehearsals. The other calls are declared here, because
 * the emulator cannot rehearse them: it has no QuickSight, and its CloudFormation calls no other service.
 */
import type { Environment } from '../environment.ts';
import type { Call } from '../iam/evaluate.ts';
import { contextOnAws } from './condition-keys.ts';
import { roleArn } from './iam-of.ts';
import { namedInIam } from './named-resources.ts';
import { recordedCallsOf } from './recorded-calls.ts';
import type { Resource, Stack } from './synthesised.ts';

export interface GithubCall {
  readonly may: 'plan' | 'apply';
  readonly call: Call;
}

/**
 * The calls of Terraform's provider for one resource type. `reads` only read. `writes` create, change and delete.
 */
interface Calls {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** https://github.com/hashicorp/terraform-provider-aws/tree/v5.100.0/internal/service/quicksight */
const provider: Readonly<Record<string, Calls>> = {
  aws_quicksight_analysis: {
    reads: ['DescribeAnalysis', 'DescribeAnalysisPermissions'],
    writes: ['CreateAnalysis', 'UpdateAnalysis', 'UpdateAnalysisPermissions', 'DeleteAnalysis'],
  },
  aws_quicksight_dashboard: {
    reads: ['DescribeDashboard', 'DescribeDashboardPermissions'],
    writes: [
      'CreateDashboard',
      'UpdateDashboard',
      'UpdateDashboardPermissions',
      'UpdateDashboardPublishedVersion',
      'DeleteDashboard',
    ],
  },
  aws_quicksight_data_set: {
    reads: ['DescribeDataSet', 'DescribeDataSetPermissions', 'DescribeDataSetRefreshProperties'],
    writes: [
      'CreateDataSet',
      'UpdateDataSet',
      'UpdateDataSetPermissions',
      'PutDataSetRefreshProperties',
      'DeleteDataSetRefreshProperties',
      'DeleteDataSet',
    ],
  },
  aws_quicksight_data_source: {
    reads: ['DescribeDataSource', 'DescribeDataSourcePermissions'],
    writes: ['CreateDataSource', 'UpdateDataSource', 'UpdateDataSourcePermissions', 'DeleteDataSource'],
  },
  aws_quicksight_theme: {
    reads: ['DescribeTheme', 'DescribeThemePermissions'],
    writes: ['CreateTheme', 'UpdateTheme', 'UpdateThemePermissions', 'DeleteTheme'],
  },
  aws_quicksight_vpc_connection: {
    reads: ['DescribeVPCConnection'],
    writes: ['CreateVPCConnection', 'UpdateVPCConnection', 'DeleteVPCConnection'],
  },
};

/** According to the Service Authorization Reference, these actions have no resource type. */
const withoutResource = ['CreateDataSource', 'CreateVPCConnection', 'ListIngestions'];

/** Returns the calls for an environment, with the condition keys that AWS sends for each. */
export async function githubCallsOf(environment: Environment, stacks: readonly Stack[]): Promise<GithubCall[]> {
  const recorded = recordedCallsOf(environment).flatMap(({ who, call }): GithubCall[] => {
    if (who === 'github:plan') return [{ may: 'plan', call }];
    // With protectData, some calls of `destroy` are rejected.
    const applied = who === 'github:apply' || (who === 'github:destroy' && !environment.protectData);
    return applied ? [{ may: 'apply', call }] : [];
  });
  return Promise.all(
    [...recorded, ...reportCalls(environment, stacks)].map(async ({ may, call }) => ({
      may,
      call: { ...call, context: await contextOnAws(call) },
    })),
  );
}

/** Returns the calls for an environment's reports. */
function reportCalls(environment: Environment, stacks: readonly Stack[]): GithubCall[] {
  const resources = stacks.find(({ name }) => name === `${environment.name}-report`)?.resources ?? [];
  const [source] = resources
    .filter(({ type }) => type === 'aws_quicksight_data_source')
    .map((found) => namedInIam(found, environment, resources)?.arn);
  return resources.flatMap((resource) => {
    const arn = namedInIam(resource, environment, resources)?.arn;
    if (arn === undefined || source === undefined) return [];
    const about = { environment, source };
    const quicksight = provider[resource.type];
    if (quicksight !== undefined) return quicksightCalls(arn, quicksight, resource.type, about);
    return resource.type === 'aws_cloudformation_stack' ? stackCalls(arn, resource, about) : [];
  });
}

interface About {
  readonly environment: Environment;
  /**
   * The ARN of the data source. Creating a data set requires rights on its data source (Service Authorization
   * Reference).
   */
  readonly source: string;
}

function quicksightCalls(
  arn: string,
  { reads, writes }: Calls,
  type: string,
  { environment, source }: About,
): GithubCall[] {
  const call = (may: GithubCall['may'], name: string): GithubCall => {
    const tags = {
      [name.startsWith('Create') ? 'aws:RequestTag/Environment' : 'aws:ResourceTag/Environment']: environment.name,
    };
    const resource = withoutResource.includes(name) ? '*' : name === 'CreateDataSet' ? source : arn;
    return { may, call: { action: `quicksight:${name}`, resource, context: tags } };
  };
  const passed = { 'iam:PassedToService': 'quicksight.amazonaws.com' };
  return [
    ...['ListTagsForResource', ...reads].flatMap((name) => [call('plan', name), call('apply', name)]),
    ...['TagResource', ...writes].map((name) => call('apply', name)),
    // https://docs.aws.amazon.com/quicksight/latest/user/vpc-creating-a-connection-in-quicksight-cli.html
    ...(type === 'aws_quicksight_vpc_connection'
      ? [
          {
            may: 'apply' as const,
            call: { action: 'iam:PassRole', resource: roleArn(environment, 'quicksight-network'), context: passed },
          },
        ]
      : []),
    // The dependent actions in
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonquicksight.html.
    ...(type === 'aws_quicksight_data_source' ? [call('apply', 'PassDataSource')] : []),
    ...(type === 'aws_quicksight_data_set' ? [call('apply', 'PassDataSet')] : []),
  ];
}

/**
 * Returns the AWS calls that deploy a CloudFormation stack with one QuickSight data set.
 *
 * CloudFormation creates the data set with the rights of the caller. The handlers of the resource type also read ingestions
 * and refresh properties. To list the rights that the handlers need, run
 * `aws cloudformation describe-type --type RESOURCE --type-name AWS::QuickSight::DataSet`.
 */
function stackCalls(arn: string, { attributes }: Resource, { environment, source }: About): GithubCall[] {
  const dataSet = `arn:aws:quicksight:${environment.region}:${environment.accountId}:dataset/${attributes.name}`;
  const calls = (may: GithubCall['may'], service: string, resource: string, ...actions: string[]): GithubCall[] =>
    actions.map((action) => ({ may, call: { action: `${service}:${action}`, resource, context: {} } }));
  const reads = ['DescribeStacks', 'GetTemplate'];
  const { reads: readsSet = [], writes = [] } = provider.aws_quicksight_data_set ?? {};
  const changesSet = writes.filter((name) => name !== 'CreateDataSet');
  return [
    ...calls('plan', 'cloudformation', arn, ...reads),
    ...calls(
      'apply',
      'cloudformation',
      arn,
      ...reads,
      'DescribeStackEvents',
      'CreateStack',
      'UpdateStack',
      'DeleteStack',
    ),
    ...calls('apply', 'quicksight', source, 'CreateDataSet', 'PassDataSource'),
    ...calls('apply', 'quicksight', dataSet, ...readsSet, ...changesSet, 'PassDataSet', 'TagResource'),
    ...calls('apply', 'quicksight', `${dataSet}/ingestion/1`, 'DescribeIngestion', 'CancelIngestion'),
    ...calls('apply', 'quicksight', '*', 'ListIngestions'),
  ];
}
