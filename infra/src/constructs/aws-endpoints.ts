import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { logGroupsOf, namesOf } from '../names.ts';
import { arns, gluesRuntime } from '../policy/arns.ts';
import { changeOwnersObjects, listOwnersTemplates } from '../policy/owners-objects.ts';
import { policyDocument, type Statement } from '../policy/policy-document.ts';

export interface AwsEndpointsOptions {
  readonly environment: Environment;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly routeTableId: string;
  readonly securityGroupId: string;
}

/**
 * The VPC endpoints of the AWS APIs that the job, the migrator, the canary and the console call from inside the network.
 *
 * The endpoints are the only way out of the network. Each endpoint policy therefore names the account, the actions and the
 * environment's own resources. Code inside the network cannot reach a bucket, secret or log group of another account.
 */
export class AwsEndpoints extends Construct {
  /** The id of the prefix list with which security groups refer to S3's addresses. */
  readonly s3PrefixListId: string;

  constructor(scope: Construct, id: string, options: AwsEndpointsOptions) {
    super(scope, id);
    const { environment, vpcId, subnetIds, routeTableId, securityGroupId } = options;
    const { prefix } = namesOf(environment);
    const s3 = new VpcEndpoint(this, 's3', {
      vpcId,
      serviceName: `com.amazonaws.${environment.region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [routeTableId],
      policy: policyDocument(...s3Statements(environment)),
      tags: { Name: `${prefix}-s3` },
    });
    this.s3PrefixListId = s3.prefixListId;

    const interfaces = { secretsmanager: secretsStatements(environment), logs: logsStatements(environment) };
    for (const [service, statements] of Object.entries(interfaces)) {
      new VpcEndpoint(this, service, {
        vpcId,
        serviceName: `com.amazonaws.${environment.region}.${service}`,
        vpcEndpointType: 'Interface',
        subnetIds: subnetIds.slice(0, environment.network.endpointZones),
        securityGroupIds: [securityGroupId],
        privateDnsEnabled: true,
        policy: policyDocument(...statements),
        tags: { Name: `${prefix}-${service}` },
      });
    }
  }
}

function onlyThisAccount({ accountId }: Environment): Pick<Statement, 'principals' | 'conditions'> {
  return { principals: '*', conditions: { StringEquals: { 'aws:PrincipalAccount': accountId } } };
}

function s3Statements(environment: Environment): Statement[] {
  const { uploadsBucket, artifactsBucket } = namesOf(environment);
  const buckets = [uploadsBucket, artifactsBucket].map(arns(environment).bucket);
  return [
    {
      sid: 'ListOwnBuckets',
      ...onlyThisAccount(environment),
      actions: ['s3:ListBucketVersions'],
      resources: buckets,
    },
    {
      sid: 'ListWaitingManifests',
      principals: '*',
      actions: ['s3:ListBucket'],
      resources: [arns(environment).bucket(uploadsBucket)],
      conditions: { ...onlyThisAccount(environment).conditions, StringLike: { 's3:prefix': 'manifests/waiting/*' } },
    },
    {
      sid: 'TakeWaitingManifests',
      ...onlyThisAccount(environment),
      actions: ['s3:DeleteObject'],
      resources: [`${arns(environment).bucket(uploadsBucket)}/manifests/waiting/*`],
    },
    {
      sid: 'ReadOwnObjects',
      ...onlyThisAccount(environment),
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: buckets.map((bucket) => `${bucket}/*`),
    },
    { sid: 'ReadGluesRuntime', ...onlyThisAccount(environment), ...gluesRuntime },
    ...(environment.console === null ? [] : consoleStatements(environment)),
  ];
}

/** Inside the network, only the console may change people's objects and list templates. The job deletes only manifests. */
function consoleStatements(environment: Environment): Statement[] {
  const { prefix } = namesOf(environment);
  const asConsole = {
    StringEquals: { 'aws:PrincipalAccount': environment.accountId },
    ArnEquals: { 'aws:PrincipalArn': arns(environment).global('iam', `role/${prefix}-console`) },
  };
  const templates = listOwnersTemplates(environment);
  return [
    {
      sid: 'ConsoleWritesForOwners',
      principals: '*',
      ...changeOwnersObjects(environment),
      conditions: asConsole,
    },
    {
      sid: 'ConsoleListsTemplates',
      principals: '*',
      ...templates,
      conditions: { ...asConsole, ...templates.conditions },
    },
  ];
}

function secretsStatements(environment: Environment): Statement[] {
  const { regional } = arns(environment);
  return [
    {
      sid: 'UseOwnSecrets',
      ...onlyThisAccount(environment),
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
      // RDS creates the administrator's secret, and names it `rds!db-…`.
      resources: [
        regional('secretsmanager', `secret:${namesOf(environment).prefix}/*`),
        regional('secretsmanager', 'secret:rds!db-*'),
      ],
    },
  ];
}

function logsStatements(environment: Environment): Statement[] {
  const groups = logGroupsOf(environment).map((group) => arns(environment).regional('logs', `log-group:${group}`));
  return [
    {
      sid: 'WriteOwnLogs',
      ...onlyThisAccount(environment),
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
      resources: groups,
    },
  ];
}
