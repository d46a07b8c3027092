import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log/index.js';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js';
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js';
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { namesOf } from '../names.ts';
import { LogGroup } from './log-group.ts';
import { ServiceRole } from './service-role.ts';

/** The number of address bits that identify the subnet. Four bits allow sixteen subnets; the network has one in each zone. */
const SUBNET_BITS = 4;

/** A VPC without access to or from the internet. The VPC has no gateway, no NAT and no public address. */
export class PrivateNetwork extends Construct {
  readonly vpcId: string;
  /** The ids of the subnets, one for each zone, in the order in which the environment lists the zones. */
  readonly subnetIds: readonly string[];
  readonly routeTableId: string;

  constructor(scope: Construct, id: string, environment: Environment, keyArn: string) {
    super(scope, id);
    const { prefix } = namesOf(environment);
    const { cidr, availabilityZones } = environment.network;
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: cidr,
      // The private DNS names of interface endpoints require both settings.
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: prefix },
    });
    this.vpcId = vpc.id;
    // AWS uses this security group for resources that name no group. Without rules, the group allows no connection.
    new DefaultSecurityGroup(this, 'default-group', { vpcId: vpc.id, tags: { Name: `${prefix}-default-closed` } });

    const routes = new RouteTable(this, 'routes', { vpcId: vpc.id, tags: { Name: `${prefix}-private` } });
    this.routeTableId = routes.id;
    this.subnetIds = availabilityZones.map((zone, index) => {
      const subnet = new Subnet(this, `subnet-${zone}`, {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock: Fn.cidrsubnet(cidr, SUBNET_BITS, index),
        mapPublicIpOnLaunch: false,
        tags: { Name: `${prefix}-private-${zone}` },
      });
      new RouteTableAssociation(this, `routes-${zone}`, { subnetId: subnet.id, routeTableId: routes.id });
      return subnet.id;
    });
    logRejections(this, environment, vpc.id, keyArn);
  }
}

/**
 * Logs only rejected connections. In a closed network, rejected connections indicate mistakes or attacks. A log of all connections
 * would cost many times more.
 */
function logRejections(scope: Construct, environment: Environment, vpcId: string, keyArn: string): void {
  const group = new LogGroup(scope, 'refusals', {
    environment,
    keyArn,
    name: `/centflow/${environment.name}/refused-connections`,
  });
  const role = new ServiceRole(scope, 'flow-log-role', {
    environment,
    purpose: 'flow-log',
    service: 'vpc-flow-logs.amazonaws.com',
    statements: [
      {
        sid: 'WriteRefusals',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [group.arn, `${group.arn}:*`],
      },
    ],
  });
  new FlowLog(scope, 'flow-log', {
    vpcId,
    trafficType: 'REJECT',
    logDestinationType: 'cloud-watch-logs',
    logDestination: group.arn,
    iamRoleArn: role.arn,
    tags: { Name: `${namesOf(environment).prefix}-refused-connections` },
    dependsOn: [role.policy],
  });
}
