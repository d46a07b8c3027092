/**
 * Derives the IAM checks that AWS would make for a request that the account's root user sent to the emulator.
 *
 * The root user acts in place of GitHub's roles. AWS checks IAM once for each resource of a request, and once for each
 * further right that the request needs. The emulator reports one resource, some tags, and no further rights. This
 * module derives the missing checks from the request:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { type Environment, namesOf, roleBoundaryOf } from '@centflow/infra';

/** A request of the account's root user, as the emulator recorded it. */
export interface EmulatorCall {
  /** The emulator's name of the action, such as `glue:CreateJob`. */
  readonly action: string;
  /** An ARN, or `*` if the emulator does not know it. */
  readonly resource: string;
  /** The short string values of the request by their paths, such as `Budget.BudgetName`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The tags of the resources in the request, by id or ARN; null if the emulator does not know them. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
}

/** One IAM check of AWS. */
export interface AwsCall {
  readonly action: string;
  /** An ARN, or `*` if the action has no resource type. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** A request, and the environment in which it was made. */
interface AwsRequest extends EmulatorCall {
  readonly environment: Environment;
}

/**
 * The resources of IAM checks. `{…}` stands for a value of the request, and `{path.3}` for the third part of the
 * request's path.
 */
type Resources = string | readonly string[];

const regionalArn = (service: string, resource: string) => `arn:aws:${service}:{region}:{account}:${resource}`;
const globalArn = (service: string, resource: string) => `arn:aws:${service}::{account}:${resource}`;

/** Requests that need a right with another name, from the Service Authorization Reference. */
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

/**
 * Requests whose action the emulator does not report, or reports wrongly. The method and the path of the request
 * determine the action.
 */
const requestsByPath: readonly { readonly method: string; readonly path: RegExp; readonly action: string }[] = [
  { method: 'GET', path: /\/event-source-mappings\/[^/]+$/, action: 'lambda:GetEventSourceMapping' },
  { method: 'PUT', path: /\/event-source-mappings\/[^/]+$/, action: 'lambda:UpdateEventSourceMapping' },
  { method: 'DELETE', path: /\/event-source-mappings\/[^/]+$/, action: 'lambda:DeleteEventSourceMapping' },
];

/** Actions that need no right. */
const actionsWithoutRights = ['sts:GetCallerIdentity'];

/** The ARN of the environment's KMS key, with the id that the record uses for every key. */
const KEY = regionalArn('kms', 'key/00000000-0000-4000-8000-000000000000');
const budget = (name: string) => globalArn('budgets', `budget/{${name}}`);
const catalog = regionalArn('glue', 'catalog');
const database = (name: string) => [catalog, regionalArn('glue', `database/{${name}}`)];
const table = (name: string) => [...database('DatabaseName'), regionalArn('glue', `table/{DatabaseName}/{${name}}`)];
const connection = (name: string) => [catalog, regionalArn('glue', `connection/{${name}}`)];

/** The resources that AWS checks. For these requests, the emulator records no resource or a different resource. */
const resourcesOf: Readonly<Record<string, Resources>> = {
  'budgets:CreateBudget': budget('Budget.BudgetName'),
  'budgets:CreateNotification': budget('BudgetName'),
  'budgets:DeleteBudget': budget('BudgetName'),
  'budgets:DeleteNotification': budget('BudgetName'),
  'budgets:DescribeBudget': budget('BudgetName'),
  'budgets:DescribeNotificationsForBudget': budget('BudgetName'),
  'budgets:DescribeSubscribersForNotification': budget('BudgetName'),
  'budgets:ListTagsForResource': '{ResourceARN}',
  'cloudfront:DeleteFunction': globalArn('cloudfront', 'function/{path.3}'),
  'cloudfront:DescribeFunction': globalArn('cloudfront', 'function/{path.3}'),
  'cloudfront:GetFunction': globalArn('cloudfront', 'function/{path.3}'),
  'cloudfront:PublishFunction': globalArn('cloudfront', 'function/{path.3}'),
  'cloudfront:UpdateFunction': globalArn('cloudfront', 'function/{path.3}'),
  'cloudfront:DeleteOriginAccessControl': globalArn('cloudfront', 'origin-access-control/{path.3}'),
  'cloudfront:GetOriginAccessControl': globalArn('cloudfront', 'origin-access-control/{path.3}'),
  'cloudfront:DeleteResponseHeadersPolicy': globalArn('cloudfront', 'response-headers-policy/{path.3}'),
  'cloudfront:GetResponseHeadersPolicy': globalArn('cloudfront', 'response-headers-policy/{path.3}'),
  'cloudfront:ListTagsForResource': '{Resource}',
  'cloudwatch:DeleteAlarms': regionalArn('cloudwatch', 'alarm:{AlarmNames.member.1}'),
  'cloudwatch:DeleteDashboards': globalArn('cloudwatch', 'dashboard/{DashboardNames.member.1}'),
  'cloudwatch:GetDashboard': globalArn('cloudwatch', 'dashboard/{DashboardName}'),
  'cloudwatch:ListTagsForResource': '{ResourceARN}',
  'cloudwatch:PutDashboard': globalArn('cloudwatch', 'dashboard/{DashboardName}'),
  'events:DeleteRule': regionalArn('events', 'rule/{Name}'),
  'events:DescribeRule': regionalArn('events', 'rule/{Name}'),
  'events:ListTagsForResource': '{ResourceARN}',
  'events:ListTargetsByRule': regionalArn('events', 'rule/{Rule}'),
  'events:PutRule': regionalArn('events', 'rule/{Name}'),
  'events:PutTargets': regionalArn('events', 'rule/{Rule}'),
  'events:RemoveTargets': regionalArn('events', 'rule/{Rule}'),
  'glue:CreateConnection': catalog,
  'glue:CreateCrawler': '*',
  'glue:CreateDatabase': database('DatabaseInput.Name'),
  'glue:CreateJob': regionalArn('glue', 'job/{Name}'),
  'glue:CreateSecurityConfiguration': '*',
  'glue:CreateTable': table('TableInput.Name'),
  'glue:CreateTrigger': regionalArn('glue', 'trigger/{Name}'),
  'glue:DeleteConnection': connection('ConnectionName'),
  'glue:DeleteCrawler': regionalArn('glue', 'crawler/{Name}'),
  'glue:DeleteDatabase': [
    ...database('Name'),
    regionalArn('glue', 'table/{Name}/*'),
    regionalArn('glue', 'userDefinedFunction/{Name}/*'),
  ],
  'glue:DeleteJob': regionalArn('glue', 'job/{JobName}'),
  'glue:DeleteSecurityConfiguration': '*',
  'glue:DeleteTable': table('Name'),
  'glue:DeleteTrigger': regionalArn('glue', 'trigger/{Name}'),
  'glue:GetConnection': connection('Name'),
  'glue:GetCrawler': regionalArn('glue', 'crawler/{Name}'),
  'glue:GetDatabase': database('Name'),
  'glue:GetJob': regionalArn('glue', 'job/{JobName}'),
  'glue:GetPartitionIndexes': table('TableName'),
  'glue:GetSecurityConfiguration': '*',
  'glue:GetTable': table('Name'),
  'glue:GetTags': '{ResourceArn}',
  'glue:GetTrigger': regionalArn('glue', 'trigger/{Name}'),
  'glue:StopTrigger': regionalArn('glue', 'trigger/{Name}'),
  'glue:UpdateJob': regionalArn('glue', 'job/{JobName}'),
  'glue:UpdateTable': table('TableInput.Name'),
  'glue:UpdateTrigger': regionalArn('glue', 'trigger/{Name}'),
  'lambda:DeleteEventSourceMapping': regionalArn('lambda', 'event-source-mapping:{path.3}'),
  'lambda:GetEventSourceMapping': regionalArn('lambda', 'event-source-mapping:{path.3}'),
  'lambda:UpdateEventSourceMapping': regionalArn('lambda', 'event-source-mapping:{path.3}'),
  'kms:CreateAlias': [regionalArn('kms', '{AliasName}'), KEY],
  'kms:DeleteAlias': [regionalArn('kms', '{AliasName}'), KEY],
  'lambda:CreateFunction': regionalArn('lambda', 'function:{FunctionName}'),
  'rds:CreateDBInstance': [
    regionalArn('rds', 'db:{DBInstanceIdentifier}'),
    regionalArn('rds', 'pg:{DBParameterGroupName}'),
    regionalArn('rds', 'subgrp:{DBSubnetGroupName}'),
    regionalArn('rds', 'og:default:mysql-8-4'),
  ],
  'rds:CreateDBParameterGroup': regionalArn('rds', 'pg:{DBParameterGroupName}'),
  'rds:CreateDBSubnetGroup': regionalArn('rds', 'subgrp:{DBSubnetGroupName}'),
  'rds:DeleteDBParameterGroup': regionalArn('rds', 'pg:{DBParameterGroupName}'),
  'rds:DeleteDBSubnetGroup': regionalArn('rds', 'subgrp:{DBSubnetGroupName}'),
  'rds:DescribeDBParameterGroups': regionalArn('rds', 'pg:{DBParameterGroupName}'),
  'rds:DescribeDBParameters': regionalArn('rds', 'pg:{DBParameterGroupName}'),
  'rds:DescribeDBSubnetGroups': regionalArn('rds', 'subgrp:{DBSubnetGroupName}'),
  'rds:ListTagsForResource': '{ResourceName}',
  'rds:ModifyDBParameterGroup': regionalArn('rds', 'pg:{DBParameterGroupName}'),
  // The ARN of a subscription consists of the ARN of the topic and an id.
  'sns:GetSubscriptionAttributes': regionalArn('sns', '{SubscriptionArn.5}'),
  'sns:ListTagsForResource': '{ResourceArn}',
  'sns:Unsubscribe': regionalArn('sns', '{SubscriptionArn.5}'),
  'wafv2:ListTagsForResource': '{ResourceARN}',
};

/** For requests that name no resource: the ARN of all resources of the type, which AWS checks. */
const allOf: Readonly<Record<string, string>> = {
  'rds:DescribeDBInstances': regionalArn('rds', 'db:*'),
};

/**
 * For requests that name one resource: AWS checks this resource, but the emulator reports all resources of the type.
 */
const oneOf: Readonly<Record<string, readonly [parameter: string, resource: string]>> = {
  'cloudwatch:DescribeAlarms': ['AlarmNames.member.1', regionalArn('cloudwatch', 'alarm:{AlarmNames.member.1}')],
};

/** The additional right that a request needs if it tags the resource that it creates. */
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

/** The tagged resource of requests that create a resource whose name is not known yet. */
const newResourceOf: Readonly<Record<string, string>> = {
  'cloudfront:CreateDistributionWithTags': globalArn('cloudfront', 'distribution/*'),
  'cognito-idp:CreateUserPool': regionalArn('cognito-idp', 'userpool/*'),
  'glue:CreateConnection': regionalArn('glue', 'connection/{ConnectionInput.Name}'),
  'glue:CreateCrawler': regionalArn('glue', 'crawler/{Name}'),
  'kms:CreateKey': regionalArn('kms', 'key/*'),
  'lambda:CreateEventSourceMapping': regionalArn('lambda', 'event-source-mapping:*'),
};

/** Requests that pass a role to a service: the parameter with the role, and the services. */
const passedRoles: Readonly<Record<string, readonly [parameter: string, ...services: string[]]>> = {
  'ec2:CreateFlowLogs': ['DeliverLogsPermissionArn', 'vpc-flow-logs.amazonaws.com'],
  'glue:CreateCrawler': ['Role', 'glue.amazonaws.com'],
  'glue:CreateJob': ['Role', 'glue.amazonaws.com'],
  'glue:UpdateJob': ['JobUpdate.Role', 'glue.amazonaws.com'],
  'lambda:CreateFunction': ['Role', 'lambda.amazonaws.com'],
  // AWS does not document these two service names, but both have been observed:
  // https://github.com/mitodl/ol-infrastructure/pull/5874
  'rds:CreateDBInstance': ['MonitoringRoleArn', 'monitoring.rds.amazonaws.com', 'rds.amazonaws.com'],
  'rds:ModifyDBInstance': ['MonitoringRoleArn', 'monitoring.rds.amazonaws.com', 'rds.amazonaws.com'],
};

/** The EC2 resource types by the prefix of their ids. */
const kindsOfEc2: Readonly<Record<string, string>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  rtb: 'route-table',
  sg: 'security-group',
  vpce: 'vpc-endpoint',
  fl: 'vpc-flow-log',
};

/** The resource types whose tags the emulator accepts but does not store. */
const withoutTags = ['vpc-flow-log'];

/**
 * Returns every IAM check that AWS would make for a request.
 *
 * @throws Error if the action of the request is unknown, or if the request lacks the value that names its resource
 */
export function callsOnAws(call: EmulatorCall, environment: Environment): AwsCall[] {
  const action = actionOf(call);
  if (actionsWithoutRights.includes(action)) return [];
  const request = { ...call, action, environment };
  const own = action.startsWith('ec2:') ? ec2Calls(request) : namedCalls(request);
  return [...own, ...roleCalls(request), ...serviceCalls(request)];
}

function actionOf({ action, parameters: { method, path = '' } }: EmulatorCall): string {
  const found = requestsByPath.find((request) => request.method === method && request.path.test(path));
  if (found !== undefined) return found.action;
  if (!action.endsWith(':')) return action;
  throw new Error(
    `The emulator reports no known action for ${action} ${method} ${path}. Add the request to requestsByPath in tools/rehearsal/terraform-calls.ts.`,
  );
}

function namedCalls(request: AwsRequest): AwsCall[] {
  const { action, resource, parameters, environment } = request;
  const [parameter = '', one] = oneOf[action] ?? [];
  const knownResource = resource === '*' ? (allOf[action] ?? resource) : resource;
  const resources = fill((parameters[parameter] === undefined ? resourcesOf[action] : one) ?? knownResource, request);
  const tag = requestedTag(request);
  // An existing resource has the provider's default tags, which are on every resource that supports tags.
  const context = {
    ...(tag === undefined
      ? { 'aws:ResourceTag/Environment': environment.name }
      : { 'aws:RequestTag/Environment': tag }),
    ...conditionKeysOf(request),
  };
  const right = rightOf[action] ?? action;
  const calls = resources.map((found) => ({ action: right, resource: found, context }));
  const [service = ''] = action.split(':');
  const tagging = rightToTag[service];
  if (tag === undefined || tagging === undefined) return calls;
  const [tagged = ''] = fill(newResourceOf[action] ?? resources.at(service === 'glue' ? -1 : 0) ?? '', request);
  return [...calls, { action: tagging, resource: tagged, context }];
}

/** Returns the condition keys that only some actions have. */
function conditionKeysOf({ action, parameters, environment }: AwsRequest): AwsCall['context'] {
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

/**
 * Returns the IAM checks of EC2: one for each resource in the request, with the current tags of the resource, and one
 * for a created resource.
 */
function ec2Calls(request: AwsRequest): AwsCall[] {
  const { action, parameters, tags, environment } = request;
  const { region, accountId } = environment;
  const arn = (kind: string, id: string) => `arn:aws:ec2:${region}:${accountId}:${kind}/${id}`;
  const tag = requestedTag(request);
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
  const createdType = parameters['TagSpecification.1.ResourceType'];
  if (createdType === undefined) return named;
  const [, requestName = ''] = action.split(':');
  const newResource = arn(createdType, '*');
  return [
    ...named,
    { action, resource: newResource, context: requested },
    { action: 'ec2:CreateTags', resource: newResource, context: { ...requested, 'ec2:CreateAction': requestName } },
  ];
}

function roleCalls({ action, parameters, environment }: AwsRequest): AwsCall[] {
  const [parameter, ...services] = passedRoles[action] ?? [];
  const role = parameter === undefined ? undefined : parameters[parameter];
  if (role === undefined) return [];
  const resource = role.startsWith('arn:') ? role : `arn:aws:iam::${environment.accountId}:role/${role}`;
  return services.map((service) => ({
    action: 'iam:PassRole',
    resource,
    context: { 'iam:PassedToService': service },
  }));
}

/** Returns the checks of rights that a service uses on behalf of the caller. */
function serviceCalls(request: AwsRequest): AwsCall[] {
  const { action, resource, parameters, environment } = request;
  const { region, accountId } = environment;
  const { artifactsBucket, uploadsBucket } = namesOf(environment);
  const onKey = (service: string, ...actions: string[]) =>
    actions.map((name) => ({
      action: `kms:${name}`,
      resource: fillOne(KEY, request),
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
        {
          action: 's3:GetObject',
          resource: fillOne('arn:aws:s3:::{Code.S3Bucket}/{Code.S3Key}', request),
          context: {},
        },
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

/** Returns the requested value of the tag `Environment`. Each service names the parameters of tags differently. */
function requestedTag({ parameters }: AwsRequest): string | undefined {
  for (const [name, value] of Object.entries(parameters)) {
    if (/tags\.Environment$/i.test(name)) return value;
    const key = /^(.*tag.*\.(?:Tag)?)Key$/i.exec(name)?.[1];
    if (key !== undefined && value === 'Environment') return parameters[`${key}Value`];
  }
  return undefined;
}

function fill(templates: Resources, request: AwsRequest): string[] {
  const all = typeof templates === 'string' ? [templates] : templates;
  return all.map((template) => fillOne(template, request));
}

function fillOne(template: string, { action, parameters, environment }: AwsRequest): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    if (name === 'region') return environment.region;
    if (name === 'account') return environment.accountId;
    const [, text, part] = /^(path|SubscriptionArn)\.(\d+)$/.exec(name) ?? [];
    const value = text === undefined ? parameters[name] : parameters[text]?.split(/[/:]/)[Number(part)];
    if (value === undefined) {
      const known = Object.keys(parameters).join(', ');
      throw new Error(
        `A request for ${action} contains no ${name}, only ${known}. Correct the entry of the action in tools/rehearsal/terraform-calls.ts.`,
      );
    }
    return value;
  });
}
