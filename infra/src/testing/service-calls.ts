/**
 * Calls that AWS's services make with the environment's roles, and that no emulator makes.
 *
 * A role that may not make one of them fails on AWS alone, often in the middle of a first deployment.
 */
import type { Environment } from '../environment.ts';
import { namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';

export interface ServiceCall {
  /** What the service does, as a sentence goes on: `asks whether …`. */
  readonly what: string;
  /** The purposes of the roles: `centflow-<environment>-<purpose>`. */
  readonly purposes: readonly string[];
  readonly action: string;
  /** The ARNs that IAM is asked about: all must be allowed. */
  readonly resources: readonly string[];
  /** The page that says so. */
  readonly source: string;
}

const LAMBDA_VPC = 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html';
const GLUE_VPC = 'https://docs.aws.amazon.com/glue/latest/dg/start-connecting.html';
const QUICKSIGHT_VPC =
  'https://docs.aws.amazon.com/quicksight/latest/user/vpc-creating-a-connection-in-quicksight-cli.html';

/** The calls of an environment, for the roles that it has. */
export function serviceCallsOf(environment: Environment): ServiceCall[] {
  const { of } = arns(environment);
  const { prefix } = namesOf(environment);
  const inNetwork = ['migrator', 'canary', ...(environment.console === null ? [] : ['console'])];
  const newInterface = [
    of('ec2', 'network-interface/*'),
    of('ec2', 'subnet/subnet-1'),
    of('ec2', 'security-group/sg-1'),
  ];
  return [
    {
      what: 'Lambda asks whether the role may delete an interface, and names none',
      purposes: inNetwork,
      action: 'ec2:DeleteNetworkInterface',
      resources: [of('ec2', '*/*')],
      source: LAMBDA_VPC,
    },
    {
      what: 'Lambda makes an interface',
      purposes: inNetwork,
      action: 'ec2:CreateNetworkInterface',
      resources: newInterface,
      source: LAMBDA_VPC,
    },
    {
      what: 'Lambda finds the interfaces',
      purposes: inNetwork,
      action: 'ec2:DescribeNetworkInterfaces',
      resources: ['*'],
      source: LAMBDA_VPC,
    },
    ...['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'].map((action) => ({
      what: 'Lambda gives an interface an address, or takes it away',
      purposes: inNetwork,
      action,
      resources: [of('ec2', 'network-interface/eni-1')],
      source: LAMBDA_VPC,
    })),
    {
      what: 'Glue asks whether the role may delete an interface, and names none',
      purposes: ['load'],
      action: 'ec2:DeleteNetworkInterface',
      resources: [of('ec2', '*/*')],
      source: GLUE_VPC,
    },
    {
      what: "Glue makes a worker's interface",
      purposes: ['load'],
      action: 'ec2:CreateNetworkInterface',
      resources: newInterface,
      source: GLUE_VPC,
    },
    ...environment.network.availabilityZones.slice(0, environment.network.endpointZones).map((zone) => ({
      what: `Glue reads the connection of ${zone}`,
      purposes: ['load'],
      action: 'glue:GetConnection',
      resources: [of('glue', 'catalog'), of('glue', `connection/${prefix}-${zone}`)],
      source: GLUE_VPC,
    })),
    ...(environment.report === null
      ? []
      : [
          {
            what: 'QuickSight makes an interface',
            purposes: ['quicksight-network'],
            action: 'ec2:CreateNetworkInterface',
            resources: newInterface,
            source: QUICKSIGHT_VPC,
          },
        ]),
  ];
}
