/** The form of all Lambda functions here: arm64, Node 22, a separate role, a log group with a retention. */
import { LambdaFunction as AwsLambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Environment, LogRetentionDays } from '../environment.ts';
import { namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import type { Statement } from '../policy/policy-document.ts';
import { LogGroup } from './log-group.ts';
import { ServiceRole } from './service-role.ts';

/** The private network of a function. */
export interface FunctionNetwork {
  /** A list, or a Terraform expression that gives a list. */
  readonly subnetIds: string[];
  readonly securityGroupId: string;
}

export interface LambdaFunctionProps {
  /** Part of the names: the function and its role are called `centflow-<environment>-<purpose>`. */
  readonly purpose: string;
  readonly description: string;
  readonly environment: Environment;
  /** The location of the zip. Its key contains its hash, so that new code has a new key. */
  readonly code: { readonly bucket: string; readonly key: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** The memory, which also determines the share of a CPU: 1769 MB give one CPU. */
  readonly memoryMb: number;
  /** The rights of the function, in addition to writing its log. */
  readonly statements: readonly Statement[];
  /** The environment's key, which encrypts the variables and the log. */
  readonly kmsKeyArn: string;
  /** Default: outside of any VPC, so that the function can call every AWS API. */
  readonly network?: FunctionNetwork;
  /** The retention of the log in days. Default: that of the environment. */
  readonly logRetentionDays?: LogRetentionDays;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * One function with its role and its log group.
 *
 * No reserved concurrency: the account's other functions could not use it, and the event source mapping, the API's limit or a
 * single caller already limit these functions. No dead-letter queue: all are invoked synchronously, and SQS delivers failed
 * messages again. No X-Ray: there is only one hop, which the logs identify by job run id, and X-Ray would need another endpoint.
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
 * Lambda creates the network interfaces with the function's role. The function's own code may not use these rights.
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
    // Before Lambda creates the first interface, it checks with EC2 whether it may delete one. It names none, so EC2 checks `*/*`.
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
