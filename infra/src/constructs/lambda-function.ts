/** A Lambda function as this house has them: arm64, Node 22, a role of its own, a log group with an end. */
import { LambdaFunction as AwsLambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Environment, LogRetentionDays } from '../environment.ts';
import { namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import type { Statement } from '../policy/policy-document.ts';
import { LogGroup } from './log-group.ts';
import { ServiceRole } from './service-role.ts';

/** A private network a function has a foot in. */
export interface FunctionNetwork {
  /** A list, or the Terraform expression of one. */
  readonly subnetIds: string[];
  readonly securityGroupId: string;
}

export interface LambdaFunctionProps {
  /** What it is for: the function and its role are called `centflow-<environment>-<purpose>`. */
  readonly purpose: string;
  readonly description: string;
  readonly environment: Environment;
  /** Where the zip is. Its key holds its hash: another key is another code. */
  readonly code: { readonly bucket: string; readonly key: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Memory, and with it the share of a CPU: 1769 MB are one whole. */
  readonly memoryMb: number;
  /** What it may do besides writing its log. */
  readonly statements: readonly Statement[];
  /** The environment's key: for its variables and its log. */
  readonly kmsKeyArn: string;
  /** Left out: outside of any VPC, with AWS in reach. */
  readonly network?: FunctionNetwork;
  /** Where its log is kept otherwise than the environment's logs, in days. */
  readonly logRetentionDays?: LogRetentionDays;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * One function, its role and its log group.
 *
 * No reserved concurrency: it would be taken from all other functions of the account, and ours are bounded by their event
 * source mapping, by the API's limit, or called one at a time. No dead letter queue: all are called synchronously, and an answer nobody gets
 * back is the queue's to repeat. No X-Ray: one hop, which the logs follow by job run id, is not worth another endpoint.
 */
export class LambdaFunction extends Construct {
  readonly function: AwsLambdaFunction;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const { purpose, environment, kmsKeyArn, network } = props;
    const name = `${namesOf(environment).prefix}-${purpose}`;
    const functionArn = arns(environment).regional('lambda', `function:${name}`);

    const log = new LogGroup(this, 'log', {
      environment,
      keyArn: kmsKeyArn,
      name: `/aws/lambda/${name}`,
      ...(props.logRetentionDays === undefined ? {} : { retentionDays: props.logRetentionDays }),
    });
    const role = new ServiceRole(this, 'role', {
      environment,
      purpose,
      service: 'lambda.amazonaws.com',
      statements: [
        {
          sid: 'WriteLog',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [`${log.arn}:*`],
        },
        { sid: 'ReadVariables', actions: ['kms:Decrypt'], resources: [kmsKeyArn] },
        ...(network === undefined ? [] : networkStatements(environment, functionArn)),
        ...props.statements,
      ],
    });
    this.function = new AwsLambdaFunction(this, 'function', {
      functionName: name,
      description: props.description,
      role: role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      s3Bucket: props.code.bucket,
      s3Key: props.code.key,
      timeout: props.timeoutSeconds,
      memorySize: props.memoryMb,
      environment: { variables: { ...props.variables } },
      kmsKeyArn,
      loggingConfig: { logFormat: 'Text', logGroup: log.name },
      tracingConfig: { mode: 'PassThrough' },
      ...(network === undefined
        ? {}
        : { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: [network.securityGroupId] } }),
      dependsOn: [role.policy, ...(props.dependsOn ?? [])],
    });
  }
}

/**
 * Lambda's service makes the network interfaces with the function's role; the function's own code may not.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
function networkStatements(environment: Environment, functionArn: string): Statement[] {
  const inAccount = (type: string) => arns(environment).regional('ec2', `${type}/*`);
  const onInterfaces = ['ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'];
  const describe = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  return [
    {
      sid: 'CreateInterfaces',
      actions: ['ec2:CreateNetworkInterface'],
      resources: ['network-interface', 'subnet', 'security-group'].map(inAccount),
    },
    // Before Lambda makes the first interface it asks EC2 whether it may delete one, and names none: EC2 then looks for `*/*`.
    { sid: 'UseInterfaces', actions: onInterfaces, resources: [arns(environment).regional('ec2', '*/*')] },
    { sid: 'DescribeInterfaces', actions: describe, resources: ['*'] },
    {
      sid: 'NotFromCode',
      effect: 'Deny',
      actions: ['ec2:CreateNetworkInterface', ...onInterfaces, ...describe],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    },
  ];
}
