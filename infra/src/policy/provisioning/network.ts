import { arns } from '../arns.ts';
import { type AreaOf, taggedAs, taggingAs } from './area.ts';

/**
 * Returns the rights on the network. EC2 chooses the ids of resources, so a tag identifies the resources of the
 * environment.
 */
export const network: AreaOf = (environment) => {
  const all = (...kinds: string[]) => kinds.map((kind) => arns(environment).regional('ec2', `${kind}/*`));
  const kinds = all(
    'vpc',
    'subnet',
    'route-table',
    'security-group',
    'security-group-rule',
    'vpc-endpoint',
    'vpc-flow-log',
  );
  const createInVpc = ['ec2:CreateSubnet', 'ec2:CreateRouteTable', 'ec2:CreateSecurityGroup', 'ec2:CreateVpcEndpoint'];
  const createRules = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupEgress'];
  return {
    name: 'network',
    types: [
      'aws_vpc',
      'aws_subnet',
      'aws_route_table',
      'aws_route_table_association',
      'aws_default_security_group',
      'aws_security_group',
      'aws_vpc_security_group_ingress_rule',
      'aws_vpc_security_group_egress_rule',
      'aws_vpc_endpoint',
      'aws_flow_log',
    ],
    read: [
      {
        sid: 'DescribeNetwork',
        actions: [
          'ec2:DescribeVpcs',
          'ec2:DescribeSubnets',
          'ec2:DescribeRouteTables',
          'ec2:DescribeNetworkAcls',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSecurityGroupRules',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeVpcEndpoints',
          'ec2:DescribePrefixLists',
          'ec2:DescribeFlowLogs',
        ],
        resources: ['*'],
      },
      { sid: 'DescribeVpc', actions: ['ec2:DescribeVpcAttribute'], resources: all('vpc') },
    ],
    // Creating a resource requires a right on the new resource and a right on its container, such as the VPC. The
    // request must tag the new resource. The container must already have the tag.
    write: [
      { sid: 'CreateVpc', actions: ['ec2:CreateVpc'], resources: all('vpc'), conditions: taggingAs(environment) },
      {
        sid: 'CreateInVpc',
        actions: createInVpc,
        resources: all('subnet', 'route-table', 'security-group', 'vpc-endpoint'),
        conditions: taggingAs(environment),
      },
      {
        sid: 'CreateRulesAndFlowLogs',
        actions: [...createRules, 'ec2:CreateFlowLogs'],
        resources: all('security-group-rule', 'vpc-flow-log'),
        conditions: taggingAs(environment),
      },
      {
        sid: 'TagWhatIsCreated',
        actions: ['ec2:CreateTags'],
        resources: kinds,
        conditions: {
          StringEquals: {
            'aws:RequestTag/Environment': environment.name,
            'ec2:CreateAction': ['CreateVpc', ...[...createInVpc, ...createRules, 'ec2:CreateFlowLogs'].map(bare)],
          },
        },
      },
      {
        // For the private DNS of an interface endpoint, EC2 associates the VPC with a hosted zone of AWS. EC2 uses
        // the rights of the caller for this association.
        // https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
        sid: 'GivePrivateNames',
        actions: ['route53:AssociateVPCWithHostedZone'],
        resources: ['arn:aws:route53:::hostedzone/*'],
      },
      {
        // A new VPC has a default security group without tags. Terraform adds the tags before it removes the rules.
        sid: 'TagTheDefaultGroup',
        actions: ['ec2:CreateTags'],
        resources: all('security-group'),
        conditions: { ...taggingAs(environment), Null: { 'aws:ResourceTag/Environment': 'true' } },
      },
      {
        sid: 'ChangeOwn',
        actions: [
          ...createInVpc,
          ...createRules,
          'ec2:CreateFlowLogs',
          'ec2:CreateTags',
          'ec2:DeleteTags',
          'ec2:ModifyVpcAttribute',
          'ec2:DeleteVpc',
          'ec2:ModifySubnetAttribute',
          'ec2:DeleteSubnet',
          'ec2:AssociateRouteTable',
          'ec2:DisassociateRouteTable',
          'ec2:ReplaceRouteTableAssociation',
          'ec2:DeleteRouteTable',
          'ec2:RevokeSecurityGroupIngress',
          'ec2:RevokeSecurityGroupEgress',
          'ec2:ModifySecurityGroupRules',
          'ec2:DeleteSecurityGroup',
          'ec2:ModifyVpcEndpoint',
          'ec2:DeleteVpcEndpoints',
          'ec2:DeleteFlowLogs',
        ],
        resources: kinds,
        conditions: taggedAs(environment),
      },
    ],
  };
};

function bare(action: string): string {
  return action.slice(action.indexOf(':') + 1);
}
