/**
 * What was asked of the emulator with the rights of the account's root, as AWS would ask IAM about it.
 *
 * The root stands for GitHub's roles. AWS asks IAM once for each resource that a request touches, and for each further right that
 * the request needs. The emulator names one resource, some tags, and no further rights. They follow from the request:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { type Environment, namesOf, roleBoundaryOf } from '@centflow/infra';

/** A request of the account's root, as the emulator noted it. */
export interface EmulatorCall {
  /** As the emulator names it: `glue:CreateJob`. */
  readonly action: string;
  /** An ARN, or `*` where the emulator knows none. */
  readonly resource: string;
  /** The short texts of the request, by the names that lead to them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The tags of what the request names, by id or ARN; null where the emulator knows none. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
}

/** A question to IAM. */
export interface AwsCall {
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** The request's texts, and where and for which environment it was made. */
interface Asked extends EmulatorCall {
  readonly environment: Environment;
}

/** What IAM is asked about; `{…}` is a text of the request, `{path.3}` the third part of its path. */
type Resources = string | readonly string[];

const of = (service: string, resource: string) => `arn:aws:${service}:{region}:{account}:${resource}`;
const global = (service: string, resource: string) => `arn:aws:${service}::{account}:${resource}`;

/** Rights that go by another name than the request (Service Authorization Reference). */
const rightOf: Readonly<Record<string, string>> = {
  'budgets:CreateBudget': 'budgets:ModifyBudget',
  'budgets:CreateNotification': 'budgets:ModifyBudget',
  'budgets:DeleteBudget': 'budgets:ModifyBudget',
  'budgets:DeleteNotification': 'budgets:ModifyBudget',
  'budgets:DescribeBudget': 'budgets:ViewBudget',
  'budgets:DescribeNotificationsForBudget': 'budgets:ViewBudget',
  'budgets:DescribeSubscribersForNotification': 'budgets:ViewBudget',
  'cloudfront:CreateDistributionWithTags': 'cloudfront:CreateDistribution',
};

/** Requests of which the emulator names no action, or that of another: their method and path say which. */
const unnamed: readonly { readonly method: string; readonly path: RegExp; readonly action: string }[] = [
  { method: 'GET', path: /\/event-source-mappings\/[^/]+$/, action: 'lambda:GetEventSourceMapping' },
  { method: 'PUT', path: /\/event-source-mappings\/[^/]+$/, action: 'lambda:UpdateEventSourceMapping' },
  { method: 'DELETE', path: /\/event-source-mappings\/[^/]+$/, action: 'lambda:DeleteEventSourceMapping' },
];

/** Requests that need no right. */
const free = ['sts:GetCallerIdentity'];

/** The environment's key. The record calls each key so. */
const KEY = of('kms', 'key/00000000-0000-4000-8000-000000000000');
const budget = (name: string) => global('budgets', `budget/{${name}}`);
const catalog = of('glue', 'catalog');
const database = (name: string) => [catalog, of('glue', `database/{${name}}`)];
const table = (name: string) => [...database('DatabaseName'), of('glue', `table/{DatabaseName}/{${name}}`)];
const connection = (name: string) => [catalog, of('glue', `connection/{${name}}`)];

/** The resources of requests of which the emulator tells none, or another than AWS asks about. */
const resourcesOf: Readonly<Record<string, Resources>> = {
  'budgets:CreateBudget': budget('Budget.BudgetName'),
  'budgets:CreateNotification': budget('BudgetName'),
  'budgets:DeleteBudget': budget('BudgetName'),
  'budgets:DeleteNotification': budget('BudgetName'),
  'budgets:DescribeBudget': budget('BudgetName'),
  'budgets:DescribeNotificationsForBudget': budget('BudgetName'),
  'budgets:DescribeSubscribersForNotification': budget('BudgetName'),
  'budgets:ListTagsForResource': '{ResourceARN}',
  'cloudfront:DeleteFunction': global('cloudfront', 'function/{path.3}'),
  'cloudfront:DescribeFunction': global('cloudfront', 'function/{path.3}'),
  'cloudfront:GetFunction': global('cloudfront', 'function/{path.3}'),
  'cloudfront:PublishFunction': global('cloudfront', 'function/{path.3}'),
  'cloudfront:UpdateFunction': global('cloudfront', 'function/{path.3}'),
  'cloudfront:DeleteOriginAccessControl': global('cloudfront', 'origin-access-control/{path.3}'),
  'cloudfront:GetOriginAccessControl': global('cloudfront', 'origin-access-control/{path.3}'),
  'cloudfront:DeleteResponseHeadersPolicy': global('cloudfront', 'response-headers-policy/{path.3}'),
  'cloudfront:GetResponseHeadersPolicy': global('cloudfront', 'response-headers-policy/{path.3}'),
  'cloudfront:ListTagsForResource': '{Resource}',
  'cloudwatch:DeleteAlarms': of('cloudwatch', 'alarm:{AlarmNames.member.1}'),
  'cloudwatch:DeleteDashboards': global('cloudwatch', 'dashboard/{DashboardNames.member.1}'),
  'cloudwatch:GetDashboard': global('cloudwatch', 'dashboard/{DashboardName}'),
  'cloudwatch:ListTagsForResource': '{ResourceARN}',
  'cloudwatch:PutDashboard': global('cloudwatch', 'dashboard/{DashboardName}'),
  'events:DeleteRule': of('events', 'rule/{Name}'),
  'events:DescribeRule': of('events', 'rule/{Name}'),
  'events:ListTagsForResource': '{ResourceARN}',
  'events:ListTargetsByRule': of('events', 'rule/{Rule}'),
  'events:PutRule': of('events', 'rule/{Name}'),
  'events:PutTargets': of('events', 'rule/{Rule}'),
  'events:RemoveTargets': of('events', 'rule/{Rule}'),
  'glue:CreateConnection': catalog,
  'glue:CreateCrawler': '*',
  'glue:CreateDatabase': database('DatabaseInput.Name'),
  'glue:CreateJob': of('glue', 'job/{Name}'),
  'glue:CreateSecurityConfiguration': '*',
  'glue:CreateTable': table('TableInput.Name'),
  'glue:CreateTrigger': of('glue', 'trigger/{Name}'),
  'glue:DeleteConnection': connection('ConnectionName'),
  'glue:DeleteCrawler': of('glue', 'crawler/{Name}'),
  'glue:DeleteDatabase': [
    ...database('Name'),
    of('glue', 'table/{Name}/*'),
    of('glue', 'userDefinedFunction/{Name}/*'),
  ],
  'glue:DeleteJob': of('glue', 'job/{JobName}'),
  'glue:DeleteSecurityConfiguration': '*',
  'glue:DeleteTable': table('Name'),
  'glue:DeleteTrigger': of('glue', 'trigger/{Name}'),
  'glue:GetConnection': connection('Name'),
  'glue:GetCrawler': of('glue', 'crawler/{Name}'),
  'glue:GetDatabase': database('Name'),
  'glue:GetJob': of('glue', 'job/{JobName}'),
  'glue:GetPartitionIndexes': table('TableName'),
  'glue:GetSecurityConfiguration': '*',
  'glue:GetTable': table('Name'),
  'glue:GetTags': '{ResourceArn}',
  'glue:GetTrigger': of('glue', 'trigger/{Name}'),
  'glue:StopTrigger': of('glue', 'trigger/{Name}'),
  'glue:UpdateJob': of('glue', 'job/{JobName}'),
  'glue:UpdateTable': table('TableInput.Name'),
  'glue:UpdateTrigger': of('glue', 'trigger/{Name}'),
  'lambda:DeleteEventSourceMapping': of('lambda', 'event-source-mapping:{path.3}'),
  'lambda:GetEventSourceMapping': of('lambda', 'event-source-mapping:{path.3}'),
  'lambda:UpdateEventSourceMapping': of('lambda', 'event-source-mapping:{path.3}'),
  'kms:CreateAlias': [of('kms', '{AliasName}'), KEY],
  'kms:DeleteAlias': [of('kms', '{AliasName}'), KEY],
  'lambda:CreateFunction': of('lambda', 'function:{FunctionName}'),
  'rds:CreateDBInstance': [
    of('rds', 'db:{DBInstanceIdentifier}'),
    of('rds', 'pg:{DBParameterGroupName}'),
    of('rds', 'subgrp:{DBSubnetGroupName}'),
    of('rds', 'og:default:mysql-8-4'),
  ],
  'rds:CreateDBParameterGroup': of('rds', 'pg:{DBParameterGroupName}'),
  'rds:CreateDBSubnetGroup': of('rds', 'subgrp:{DBSubnetGroupName}'),
  'rds:DeleteDBParameterGroup': of('rds', 'pg:{DBParameterGroupName}'),
  'rds:DeleteDBSubnetGroup': of('rds', 'subgrp:{DBSubnetGroupName}'),
  'rds:DescribeDBParameterGroups': of('rds', 'pg:{DBParameterGroupName}'),
  'rds:DescribeDBParameters': of('rds', 'pg:{DBParameterGroupName}'),
  'rds:DescribeDBSubnetGroups': of('rds', 'subgrp:{DBSubnetGroupName}'),
  'rds:ListTagsForResource': '{ResourceName}',
  'rds:ModifyDBParameterGroup': of('rds', 'pg:{DBParameterGroupName}'),
  // The ARN of a subscription is the topic's and an id.
  'sns:GetSubscriptionAttributes': of('sns', '{SubscriptionArn.5}'),
  'sns:ListTagsForResource': '{ResourceArn}',
  'sns:Unsubscribe': of('sns', '{SubscriptionArn.5}'),
  'wafv2:ListTagsForResource': '{ResourceARN}',
};

/** Of requests that may name no resource: all of the kind. */
const allOf: Readonly<Record<string, string>> = {
  'rds:DescribeDBInstances': of('rds', 'db:*'),
};

/** Of requests that may name some resources, of which the emulator tells all: the one. */
const oneOf: Readonly<Record<string, readonly [parameter: string, resource: string]>> = {
  'cloudwatch:DescribeAlarms': ['AlarmNames.member.1', of('cloudwatch', 'alarm:{AlarmNames.member.1}')],
};

/** The right that a request needs beside its own where it tags what it makes. */
const rightToTag: Readonly<Record<string, string>> = {
  budgets: 'budgets:TagResource',
  cloudfront: 'cloudfront:TagResource',
  cloudwatch: 'cloudwatch:TagResource',
  'cognito-idp': 'cognito-idp:TagResource',
  events: 'events:TagResource',
  glue: 'glue:TagResource',
  iam: 'iam:TagRole',
  kms: 'kms:TagResource',
  lambda: 'lambda:TagResource',
  logs: 'logs:TagResource',
  rds: 'rds:AddTagsToResource',
  secretsmanager: 'secretsmanager:TagResource',
  sns: 'sns:TagResource',
  sqs: 'sqs:TagQueue',
  wafv2: 'wafv2:TagResource',
};

/** What is tagged where the request names no resource yet. */
const newResourceOf: Readonly<Record<string, string>> = {
  'cloudfront:CreateDistributionWithTags': global('cloudfront', 'distribution/*'),
  'cognito-idp:CreateUserPool': of('cognito-idp', 'userpool/*'),
  'glue:CreateConnection': of('glue', 'connection/{ConnectionInput.Name}'),
  'glue:CreateCrawler': of('glue', 'crawler/{Name}'),
  'kms:CreateKey': of('kms', 'key/*'),
  'lambda:CreateEventSourceMapping': of('lambda', 'event-source-mapping:*'),
};

/** Requests that hand a role over: the text that names it, and the service that gets it. */
const handsOver: Readonly<Record<string, readonly [parameter: string, ...services: string[]]>> = {
  'ec2:CreateFlowLogs': ['DeliverLogsPermissionArn', 'vpc-flow-logs.amazonaws.com'],
  'glue:CreateCrawler': ['Role', 'glue.amazonaws.com'],
  'glue:CreateJob': ['Role', 'glue.amazonaws.com'],
  'glue:UpdateJob': ['JobUpdate.Role', 'glue.amazonaws.com'],
  'lambda:CreateFunction': ['Role', 'lambda.amazonaws.com'],
  // AWS documents neither, and each has been seen: https://github.com/mitodl/ol-infrastructure/pull/5874
  'rds:CreateDBInstance': ['MonitoringRoleArn', 'monitoring.rds.amazonaws.com', 'rds.amazonaws.com'],
  'rds:ModifyDBInstance': ['MonitoringRoleArn', 'monitoring.rds.amazonaws.com', 'rds.amazonaws.com'],
};

/** What EC2 calls a thing whose id begins so. */
const kindsOfEc2: Readonly<Record<string, string>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  rtb: 'route-table',
  sg: 'security-group',
  vpce: 'vpc-endpoint',
  fl: 'vpc-flow-log',
};

/** Kinds whose tags the emulator takes and does not keep. */
const withoutTags = ['vpc-flow-log'];

/**
 * Everything that AWS would ask IAM about a request.
 *
 * @throws an Error where the request lacks a text that names its resource, or where nothing says which resource it has.
 */
export function callsOnAws(call: EmulatorCall, environment: Environment): AwsCall[] {
  const action = actionOf(call);
  if (free.includes(action)) return [];
  const asked = { ...call, action, environment };
  const own = action.startsWith('ec2:') ? ec2Calls(asked) : namedCalls(asked);
  return [...own, ...roleCalls(asked), ...serviceCalls(asked)];
}

function actionOf({ action, parameters: { method, path = '' } }: EmulatorCall): string {
  const found = unnamed.find((request) => request.method === method && request.path.test(path));
  if (found !== undefined) return found.action;
  if (!action.endsWith(':')) return action;
  throw new Error(
    `The emulator knows no action for ${action} ${method} ${path}: say which it is in tools/rehearsal/terraform-calls.ts.`,
  );
}

function namedCalls(asked: Asked): AwsCall[] {
  const { action, resource, parameters, environment } = asked;
  const [parameter = '', one] = oneOf[action] ?? [];
  const told = resource === '*' ? (allOf[action] ?? resource) : resource;
  const resources = fill((parameters[parameter] === undefined ? resourcesOf[action] : one) ?? told, asked);
  const tag = requestedTag(asked);
  // What is not made by this request has the tags of the provider, which are on everything that takes tags.
  const context = {
    ...(tag === undefined
      ? { 'aws:ResourceTag/Environment': environment.name }
      : { 'aws:RequestTag/Environment': tag }),
    ...more(asked),
  };
  const right = rightOf[action] ?? action;
  const calls = resources.map((found) => ({ action: right, resource: found, context }));
  const [service = ''] = action.split(':');
  const tagging = rightToTag[service];
  if (tag === undefined || tagging === undefined) return calls;
  const [tagged = ''] = fill(newResourceOf[action] ?? resources.at(service === 'glue' ? -1 : 0) ?? '', asked);
  return [...calls, { action: tagging, resource: tagged, context }];
}

/** Condition keys that only some actions know. */
function more({ action, parameters, environment }: Asked): AwsCall['context'] {
  if (action.startsWith('iam:')) {
    return { 'iam:PermissionsBoundary': parameters.PermissionsBoundary ?? roleBoundaryOf(environment) };
  }
  if (action.endsWith('EventSourceMapping')) {
    const { region, accountId } = environment;
    const trigger = `arn:aws:lambda:${region}:${accountId}:function:${namesOf(environment).trigger}`;
    return { 'lambda:FunctionArn': parameters.FunctionName ?? trigger };
  }
  const absent = parameters['header.if-none-match'];
  return action === 's3:PutObject' && absent !== undefined ? { 's3:if-none-match': absent } : {};
}

/** EC2 asks about each thing that a request names, which has tags already, and about what it makes, which the request tags. */
function ec2Calls(asked: Asked): AwsCall[] {
  const { action, parameters, tags, environment } = asked;
  const { region, accountId } = environment;
  const arn = (kind: string, id: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/${id}`;
  const tag = requestedTag(asked);
  const requested: AwsCall['context'] = tag === undefined ? {} : { 'aws:RequestTag/Environment': tag };
  if (/:Describe/.test(action) && action !== 'ec2:DescribeVpcAttribute') {
    return [{ action, resource: '*', context: {} }];
  }
  const named = Object.values(parameters).flatMap((id) => {
    const kind = kindsOfEc2[/^([a-z]+)-[0-9a-f]{8,17}$/.exec(id)?.[1] ?? ''];
    if (kind === undefined) return [];
    const environmentTag = tags[id]?.Environment ?? (withoutTags.includes(kind) ? environment.name : undefined);
    const known: AwsCall['context'] =
      environmentTag === undefined ? {} : { 'aws:ResourceTag/Environment': environmentTag };
    const context = action === 'ec2:CreateTags' ? { ...known, ...requested } : known;
    return [{ action, resource: arn(kind, id), context }];
  });
  const made = parameters['TagSpecification.1.ResourceType'];
  if (made === undefined) return named;
  const [, bare = ''] = action.split(':');
  const anew = arn(made, '*');
  return [
    ...named,
    { action, resource: anew, context: requested },
    { action: 'ec2:CreateTags', resource: anew, context: { ...requested, 'ec2:CreateAction': bare } },
  ];
}

function roleCalls({ action, parameters, environment }: Asked): AwsCall[] {
  const [parameter, ...services] = handsOver[action] ?? [];
  const role = parameter === undefined ? undefined : parameters[parameter];
  if (role === undefined) return [];
  const resource = role.startsWith('arn:') ? role : `arn:aws:iam::${environment.accountId}:role/${role}`;
  return services.map((service) => ({
    action: 'iam:PassRole',
    resource,
    context: { 'iam:PassedToService': service },
  }));
}

/** Rights that a service uses in the name of who asks it. */
function serviceCalls(asked: Asked): AwsCall[] {
  const { action, resource, parameters, environment } = asked;
  const { region, accountId } = environment;
  const { artifactsBucket, uploadsBucket } = namesOf(environment);
  const onKey = (service: string, ...actions: string[]) =>
    actions.map((name) => ({
      action: `kms:${name}`,
      resource: fillOne(KEY, asked),
      context: {
        'kms:ViaService': `${service}.${region}.amazonaws.com`,
        ...(name === 'CreateGrant' ? { 'kms:GrantIsForAWSResource': 'true' } : {}),
      },
    }));
  const everywhere = (...actions: string[]) => actions.map((name) => ({ action: name, resource: '*', context: {} }));
  const encrypted = [artifactsBucket, uploadsBucket].some((bucket) => resource.startsWith(`arn:aws:s3:::${bucket}/`));
  switch (action) {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    case 's3:PutObject':
      return [
        ...(encrypted ? onKey('s3', 'GenerateDataKey', 'Decrypt') : []),
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
        ...(parameters['header.x-amz-tagging'] === undefined
          ? []
          : [{ action: 's3:PutObjectTagging', resource, context: {} }]),
      ];
    case 's3:GetObject':
      return encrypted ? onKey('s3', 'Decrypt') : [];
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    case 'secretsmanager:CreateSecret':
      return onKey('secretsmanager', 'GenerateDataKey', 'Decrypt');
    // https://docs.aws.amazon.com/lambda/latest/dg/security-encryption-at-rest.html and configuration-vpc.html
    case 'lambda:CreateFunction':
      return [
        { action: 's3:GetObject', resource: fillOne('arn:aws:s3:::{Code.S3Bucket}/{Code.S3Key}', asked), context: {} },
        ...onKey('s3', 'Decrypt'),
        ...onKey('lambda', 'Encrypt', 'CreateGrant'),
        ...everywhere('ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'),
      ];
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    case 'logs:CreateLogGroup':
      return parameters.kmsKeyId === undefined ? [] : [{ action: 'logs:AssociateKmsKey', resource, context: {} }];
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html and Overview.Encryption.Keys.html, and
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html
    case 'rds:CreateDBInstance': {
      const secret = `arn:aws:secretsmanager:${region}:${accountId}:secret:rds!db-00000000-0000-4000-8000-000000000000-abcdef`;
      return [
        ...['CreateSecret', 'TagResource'].map((name) => ({
          action: `secretsmanager:${name}`,
          resource: secret,
          context: {},
        })),
        ...onKey('secretsmanager', 'GenerateDataKey', 'Decrypt'),
        ...onKey('rds', 'DescribeKey', 'CreateGrant'),
        {
          action: 'iam:CreateServiceLinkedRole',
          resource: `arn:aws:iam::${accountId}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`,
          context: { 'iam:AWSServiceName': 'rds.amazonaws.com' },
        },
      ];
    }
    // https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    case 'ec2:CreateVpcEndpoint':
      return parameters.PrivateDnsEnabled === 'true'
        ? [
            {
              action: 'route53:AssociateVPCWithHostedZone',
              resource: 'arn:aws:route53:::hostedzone/Z0000000000000',
              context: {},
            },
          ]
        : [];
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    case 'apigateway:POST':
      return parameters['accessLogSettings.destinationArn'] === undefined
        ? []
        : everywhere(
            'logs:CreateLogDelivery',
            'logs:DescribeResourcePolicies',
            'logs:GetLogDelivery',
            'logs:ListLogDeliveries',
            'logs:PutResourcePolicy',
            'logs:UpdateLogDelivery',
          );
    // https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_service-with-iam.html
    case 'wafv2:CreateWebACL':
      return Object.entries(parameters)
        .filter(([name]) => /^Rules\.\d+\.Statement\.ManagedRuleGroupStatement\.Name$/.test(name))
        .map(([, group]) => ({
          action,
          resource: `${resource.split('/webacl/')[0]}/managedruleset/${group}/0`,
          context: {},
        }));
    default:
      return [];
  }
}

/** The value that a request gives the tag `Environment`, whatever its service calls tags. */
function requestedTag({ parameters }: Asked): string | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    if (/tags\.Environment$/i.test(name)) return value;
    const key = /^(.*tag.*\.(?:Tag)?)Key$/i.exec(name)?.[1];
    if (key !== undefined && value === 'Environment') return parameters[`${key}Value`];
  }
  return undefined;
}

function fill(templates: Resources, asked: Asked): string[] {
  const all = typeof templates === 'string' ? [templates] : templates;
  return all.map((template) => fillOne(template, asked));
}

function fillOne(template: string, { action, parameters, environment }: Asked): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    if (name === 'region') return environment.region;
    if (name === 'account') return environment.accountId;
    const [, text, part] = /^(path|SubscriptionArn)\.(\d+)$/.exec(name) ?? [];
    const value = text === undefined ? parameters[name] : parameters[text]?.split(/[/:]/)[Number(part)];
    if (value === undefined) {
      const known = Object.keys(parameters).join(', ');
      throw new Error(
        `A request for ${action} has no ${name}, only ${known}: correct its entry in tools/rehearsal/terraform-calls.ts.`,
      );
    }
    return value;
  });
}
