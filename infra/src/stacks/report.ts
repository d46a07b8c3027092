/**
 * The stack with the QuickSight resources: the connection to the VPC, the data source (MySQL as the user `reporter`), and the
 * dashboards of packages/reports. Each view that dashboards read is a data set with row-level security by owner.
 *
 * No emulator has QuickSight, so tests plan this stack but never apply it. The subscription, its users and its access
 * to Secrets Manager belong to the account, not to one environment. docs/runbook.md lists what must exist before this
 * stack is deployed.
 */
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { QuicksightDataSource } from '@cdktf/provider-aws/lib/quicksight-data-source/index.js';
import { QuicksightVpcConnection } from '@cdktf/provider-aws/lib/quicksight-vpc-connection/index.js';
import { offeredViews } from '@centflow/reports/quicksight';
import { describeViews } from '@centflow/schema/view-columns';
import { Fn, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { type Environment, EnvironmentError } from '../environment.ts';
import { DATABASE_NAME, roleBoundaryOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { policyDocument } from '../policy/policy-document.ts';
import { StageStack } from './centflow-stack.ts';
import { type LoadOutput, type StoreOutput, takeOver } from './handover.ts';
import { permitReaders } from './report/permissions.ts';
import { PlacesDataSet } from './report/places-data-set.ts';
import { PublishedDashboard } from './report/published-dashboard.ts';
import { RowLevelRules } from './report/row-level-rules.ts';
import { placesOf, ViewDataSet } from './report/view-data-set.ts';

export class ReportStack extends StageStack {
  /** @throws {EnvironmentError} the environment has no reports. */
  constructor(scope: Construct, environment: Environment) {
    super(scope, 'report', environment);
    if (environment.report === null) {
      throw new EnvironmentError(`Environment ${environment.name} has no reports: its property report is null.`);
    }
    const { currency, readers } = environment.report;
    const store = takeOver<StoreOutput>(
      this,
      'vpc_id',
      'private_subnet_ids',
      'report_security_group_id',
      'database_host',
      'database_port',
    );
    const load = takeOver<LoadOutput>(this, 'reporter_secret_arn');
    const network = this.#connectToVpc(store);
    const source = this.#readDatabase(network, store, load.reporter_secret_arn);

    const permit = permitReaders(readers);
    const rules = new RowLevelRules(this, 'row-level-rules', environment, readers, source);
    const offered = new Set<string>(offeredViews);
    const dataSetArns = new Map(
      describeViews()
        .filter(({ name }) => offered.has(name))
        .map((view) => {
          const id = view.name.replaceAll('_', '-');
          const props = { view, source, rules, permit };
          const places = placesOf(view);
          const arn =
            places.length > 1
              ? new PlacesDataSet(this, id, environment, { ...props, places }).dataSetArn
              : new ViewDataSet(this, id, environment, props).arn;
          return [view.name, arn];
        }),
    );
    new PublishedDashboard(this, 'reports', environment, { currency, dataSetArns, permit });
  }

  /** Creates QuickSight's network interfaces in the private subnets, with the DNS of the VPC. */
  #connectToVpc(store: Record<'vpc_id' | 'private_subnet_ids' | 'report_security_group_id', string>) {
    const { accountId } = this.environment;
    const { regional } = arns(this.environment);
    const all = (...kinds: string[]) => kinds.map((kind) => regional('ec2', `${kind}/*`));
    const inOurVpc = { ArnEquals: { 'ec2:Vpc': regional('ec2', `vpc/${store.vpc_id}`) } };
    const role = new IamRole(this, 'network-role', {
      name: `${this.names.prefix}-quicksight-network`,
      permissionsBoundary: roleBoundaryOf(this.environment),
      // AWS's example of this trust policy has no condition on aws:SourceAccount. Only callers who may pass the role
      // can use the role.
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'quicksight.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    });
    const policy = new IamRolePolicy(this, 'network-role-policy', {
      name: 'network-interfaces',
      role: role.name,
      policy: policyDocument(
        // EC2 also checks the right on the new interface, which has no `ec2:Vpc` yet.
        // The conditions on the subnet and the security group therefore limit the creation to the VPC.
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-CreateNetworkInterface
        {
          sid: 'CreateInterfaces',
          actions: ['ec2:CreateNetworkInterface'],
          resources: all('network-interface'),
        },
        {
          sid: 'CreateInterfacesInOurVpc',
          actions: ['ec2:CreateNetworkInterface'],
          resources: all('subnet', 'security-group'),
          conditions: inOurVpc,
        },
        {
          sid: 'ChangeInterfacesInOurVpc',
          actions: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:DeleteNetworkInterface'],
          resources: all('network-interface'),
          conditions: inOurVpc,
        },
        {
          sid: 'ChangeGroupsOfInterfaces',
          actions: ['ec2:ModifyNetworkInterfaceAttribute'],
          resources: all('subnet', 'security-group'),
          conditions: inOurVpc,
        },
        {
          sid: 'FindSubnets',
          actions: ['ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'],
          resources: ['*'],
        },
      ),
    });
    return new QuicksightVpcConnection(this, 'network', {
      awsAccountId: accountId,
      vpcConnectionId: `${this.names.prefix}-network`,
      name: `${this.names.prefix}-network`,
      roleArn: role.arn,
      subnetIds: Fn.split(',', store.private_subnet_ids),
      securityGroupIds: [store.report_security_group_id],
      // During a deletion, QuickSight needs the policy until its network interfaces are deleted (provider issue 40012).
      dependsOn: [policy],
    });
  }

  /** Creates the data source without permissions for readers: their own queries on it would bypass row-level security. */
  #readDatabase(
    network: QuicksightVpcConnection,
    store: Record<'database_host' | 'database_port', string>,
    secretArn: string,
  ): QuicksightDataSource {
    return new QuicksightDataSource(this, 'database', {
      awsAccountId: this.environment.accountId,
      dataSourceId: `${this.names.prefix}-database`,
      name: `${this.names.prefix}-database`,
      type: 'MYSQL',
      parameters: {
        mysql: {
          host: store.database_host,
          port: Token.asNumber(Fn.tonumber(store.database_port)),
          database: DATABASE_NAME,
        },
      },
      credentials: { secretArn },
      sslProperties: { disableSsl: false },
      vpcConnectionProperties: { vpcConnectionArn: network.arn },
    });
  }
}
