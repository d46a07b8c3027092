/** All Lambda functions use arm64 and Node 22. Each function has a separate role, and a log group with a retention. */
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
  /** The ids of the subnets, as a list or as a Terraform expression that returns a list. */
  readonly subnetIds: string[];
  readonly securityGroupId: string;
}

export interface LambdaFunctionProps {
  /** The last part of the name of the function and its role, `centflow-<environment>-<purpose>`. */
  readonly purpose: string;
  readonly description: string;
  readonly environment: Environment;
  /** The location of the zip. Its key contains its hash, so that new code has a new key. */
  readonly code: { readonly bucket: string; readonly key: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** The memory, which also determines the share of a CPU: 1769 MB give one CPU. */
  readonly memoryMb: number;
  /** The rights of the function, in addition to the right to write its log. */
  readonly statements: readonly Statement[];
  /** The environment's key, which encrypts the variables and the log. */
  readonly kmsKeyArn: string;
  /** The private network of the function. Without it, the function is outside of any VPC and can call every AWS API. */
  readonly network?: FunctionNetwork;
  /** The retention of the log in days. Default: `logRetentionDays` of the environment. */
  readonly logRetentionDays?: LogRetentionDays;
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * A Lambda function with its role and its log group.
 *
 * The function has no reserved concurrency, because the account's other functions could not use it. The event source
 * mapping, the API's limit or a single caller already limit these functions. The function has no dead-letter queue,
 * because all functions are invoked synchronously, and SQS delivers failed messages again. The function does not use
 * X-Ray, because X-Ray would need another endpoint. A trace would show only one hop, which the logs already identify by
 * job run id.
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
 * Returns the rights that Lambda needs to create the network interfaces. Lambda uses the function's role, but the
 * function's own code may not use these rights.
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
    // Before Lambda creates the first interface, it checks with EC2 whether the role may delete an interface. The check
    // names no interface, so EC2 evaluates `*/*`.
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
