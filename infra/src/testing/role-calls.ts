/**
 * The calls that Centflow's code and AWS's services make with the roles of an environment. No emulator makes the calls
 * of AWS's services.
 *
 * A missing right would show only on AWS, often in the middle of a first deployment.
 */
import type { Environment } from '../environment.ts';
import type { Call } from '../iam/evaluate.ts';
import type { Context } from '../iam/statement.ts';
import { namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { keyArn } from './iam-of.ts';

export interface RoleCall {
  /** A sentence that names the caller and the reason for the call. */
  readonly what: string;
  /** The purposes of the roles, as in the role names `centflow-<environment>-<purpose>`. */
  readonly purposes: readonly string[];
  readonly actions: readonly string[];
  /** The ARNs on which IAM evaluates each action. IAM must allow the action on all of them. */
  readonly resources: readonly string[];
  /** The condition keys of the request. */
  readonly context?: Context;
  /** The VPC endpoint through which the call goes. */
  readonly endpoint?: 's3' | 'logs' | 'secretsmanager';
  /** The page of the AWS documentation, or the file that makes the call. */
  readonly source: string;
}

const LAMBDA_VPC = 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html';
const LAMBDA_KEY = 'https://docs.aws.amazon.com/lambda/latest/dg/security-encryption-at-rest.html';
const LAMBDA_LOG = 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html';
const LAMBDA_SQS = 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html';
const GLUE_VPC = 'https://docs.aws.amazon.com/glue/latest/dg/start-connecting.html';
const GLUE_LOG = 'https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html';
const GLUE_CRAWLER = 'https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html';
const QUICKSIGHT_VPC =
  'https://docs.aws.amazon.com/quicksight/latest/user/vpc-creating-a-connection-in-quicksight-cli.html';
const RDS_MONITORING = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html';
const FLOW_LOGS = 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html';
const REDRIVE =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html';

/** One request that IAM evaluates. */
export interface RoleQuestion {
  readonly purpose: string;
  readonly call: Call;
  readonly endpoint: RoleCall['endpoint'];
  readonly what: string;
}

/** Returns one request for each role, action and resource of the calls. */
export function roleQuestionsOf(environment: Environment): RoleQuestion[] {
  return roleCallsOf(environment).flatMap(({ purposes, actions, resources, context = {}, endpoint, what, source }) =>
    purposes.flatMap((purpose) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          purpose,
          call: { action, resource, context },
          endpoint,
          what: `${what}: ${action} on ${resource} (${source})`,
        })),
      ),
    ),
  );
}

/** Returns the calls for all roles of an environment. */
export function roleCallsOf(environment: Environment): RoleCall[] {
  return [
    ...functionCalls(environment),
    ...triggerCalls(environment),
    ...migratorCalls(environment),
    ...jobCalls(environment),
    ...crawlerCalls(environment),
    ...(environment.console === null ? [] : consoleCalls(environment)),
    ...serviceCalls(environment),
  ];
}

function functionCalls(environment: Environment): RoleCall[] {
  const { regional } = arns(environment);
  const { prefix } = namesOf(environment);
  const withConsole = environment.console === null ? [] : ['console', 'operations'];
  const all = ['trigger', 'migrator', 'canary', ...withConsole];
  const inNetwork = ['migrator', 'canary', ...(environment.console === null ? [] : ['console'])];
  return [
    ...all.map((purpose) => ({
      what: `Lambda writes the log of ${purpose}`,
      purposes: [purpose],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [regional('logs', `log-group:/aws/lambda/${prefix}-${purpose}:log-stream:2026/01/01/[$LATEST]0`)],
      source: LAMBDA_LOG,
    })),
    {
      what: 'Lambda decrypts the environment variables',
      purposes: all,
      actions: ['kms:Decrypt'],
      resources: [keyArn(environment)],
      context: { 'kms:ViaService': `lambda.${environment.region}.amazonaws.com` },
      source: LAMBDA_KEY,
    },
    {
      what: 'Lambda checks whether the role may delete interfaces, without naming one',
      purposes: inNetwork,
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [regional('ec2', '*/*')],
      source: LAMBDA_VPC,
    },
    {
      what: 'Lambda creates an interface',
      purposes: inNetwork,
      actions: ['ec2:CreateNetworkInterface'],
      resources: newInterface(environment),
      source: LAMBDA_VPC,
    },
    {
      what: 'Lambda finds its interfaces and subnets',
      purposes: inNetwork,
      actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
      resources: ['*'],
      source: LAMBDA_VPC,
    },
    {
      what: 'Lambda assigns an address to an interface, removes the address, and deletes the interface',
      purposes: inNetwork,
      actions: ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses', 'ec2:DeleteNetworkInterface'],
      resources: [regional('ec2', 'network-interface/eni-1')],
      source: LAMBDA_VPC,
    },
    {
      what: 'The canary reads the secret of the reporter',
      purposes: ['canary'],
      actions: ['secretsmanager:GetSecretValue'],
      resources: [secret(environment, 'reporter')],
      endpoint: 'secretsmanager',
      source: 'apps/canary/src/index.ts',
    },
  ];
}

function triggerCalls(environment: Environment): RoleCall[] {
  const { regional, bucket } = arns(environment);
  const { uploadsBucket, queue, job } = namesOf(environment);
  const purposes = ['trigger'];
  return [
    {
      what: "Lambda's poller takes messages from the queue",
      purposes,
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [regional('sqs', queue)],
      source: LAMBDA_SQS,
    },
    {
      what: 'SQS decrypts messages for the poller',
      purposes,
      actions: ['kms:Decrypt'],
      resources: [keyArn(environment)],
      context: { 'kms:ViaService': `sqs.${environment.region}.amazonaws.com` },
      source: LAMBDA_SQS,
    },
    {
      what: 'The trigger writes a manifest, and deletes one that no job run takes',
      purposes,
      actions: ['s3:PutObject', 's3:DeleteObject'],
      resources: [`${bucket(uploadsBucket)}/manifests/1.jsonl`],
      source: 'apps/trigger/src/start-job-run.ts',
    },
    {
      what: 'The trigger checks whether a job run has taken a manifest',
      purposes,
      actions: ['s3:ListBucket'],
      resources: [bucket(uploadsBucket)],
      context: { 's3:prefix': 'manifests/waiting/1.jsonl' },
      source: 'apps/trigger/src/write-manifest.ts',
    },
    {
      what: 'S3 encrypts the manifest',
      purposes,
      actions: ['kms:GenerateDataKey'],
      resources: [keyArn(environment)],
      context: { 'kms:ViaService': `s3.${environment.region}.amazonaws.com` },
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
    },
    {
      what: 'The trigger starts a job run',
      purposes,
      actions: ['glue:StartJobRun'],
      resources: [regional('glue', `job/${job}`)],
      source: 'apps/trigger/src/start-job-run.ts',
    },
  ];
}

function migratorCalls(environment: Environment): RoleCall[] {
  const users = ['migrator', 'loader', 'reporter'].map((user) => secret(environment, user));
  const administrator = arns(environment).regional(
    'secretsmanager',
    'secret:rds!db-00000000-0000-4000-8000-000000000000-abcdef',
  );
  const viaSecrets = { 'kms:ViaService': `secretsmanager.${environment.region}.amazonaws.com` };
  return [
    {
      what: 'The migrator reads the secrets of the administrator and of its users',
      purposes: ['migrator'],
      actions: ['secretsmanager:GetSecretValue'],
      resources: [administrator, ...users],
      endpoint: 'secretsmanager',
      source: 'apps/migrator/src/secrets.ts',
    },
    {
      what: 'The migrator writes the secrets of its users',
      purposes: ['migrator'],
      actions: ['secretsmanager:PutSecretValue'],
      resources: users,
      endpoint: 'secretsmanager',
      source: 'apps/migrator/src/secrets.ts',
    },
    {
      what: 'Secrets Manager encrypts and decrypts with the rights of the caller',
      purposes: ['migrator'],
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: [keyArn(environment)],
      context: viaSecrets,
      source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html',
    },
  ];
}

function jobCalls(environment: Environment): RoleCall[] {
  const { regional, bucket } = arns(environment);
  const { prefix, uploadsBucket, artifactsBucket, job, jobMetricsLogGroup } = namesOf(environment);
  const purposes = ['load'];
  const log = `log-group:/centflow/${environment.name}/job/${prefix}-encryption-role/${job}`;
  return [
    {
      what: 'The job reads an upload',
      purposes,
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${bucket(uploadsBucket)}/raw/expenses/owner=ada/a.csv`],
      endpoint: 's3',
      source: 'glue/centflow_glue/bucket.py',
    },
    {
      what: 'The job lists uploads with their versions',
      purposes,
      actions: ['s3:ListBucketVersions'],
      resources: [bucket(uploadsBucket)],
      context: { 's3:prefix': 'raw/expenses/owner=ada/a.csv' },
      endpoint: 's3',
      source: 'glue/centflow_glue/bucket.py',
    },
    {
      what: 'The job reads a manifest',
      purposes,
      actions: ['s3:GetObject'],
      resources: [`${bucket(uploadsBucket)}/manifests/1.jsonl`],
      endpoint: 's3',
      source: 'glue/centflow_glue/keys/manifest.py',
    },
    {
      what: 'The job lists waiting manifests',
      purposes,
      actions: ['s3:ListBucket'],
      resources: [bucket(uploadsBucket)],
      context: { 's3:prefix': 'manifests/waiting/' },
      endpoint: 's3',
      source: 'glue/centflow_glue/keys/manifest.py',
    },
    {
      what: 'The job takes a waiting manifest',
      purposes,
      actions: ['s3:GetObject', 's3:DeleteObject'],
      resources: [`${bucket(uploadsBucket)}/manifests/waiting/1.jsonl`],
      endpoint: 's3',
      source: 'glue/centflow_glue/keys/manifest.py',
    },
    {
      what: 'Glue fetches the script and the wheels, and the job fetches its certificate authorities',
      purposes,
      actions: ['s3:GetObject'],
      resources: ['job-0.py', 'centflow-0.gluewheels.zip', 'authorities-0.pem'].map(
        (name) => `${bucket(artifactsBucket)}/${name}`,
      ),
      endpoint: 's3',
      source: 'https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html',
    },
    {
      what: 'A job run fetches parts of the runtime from Glue’s buckets',
      purposes,
      actions: ['s3:GetObject'],
      resources: ['arn:aws:s3:::aws-glue-runtime/a.jar', 'arn:aws:s3:::crawler-public/a.jar'],
      endpoint: 's3',
      source: 'https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html',
    },
    {
      what: 'The job reads the secret of the loader',
      purposes,
      actions: ['secretsmanager:GetSecretValue'],
      resources: [secret(environment, 'loader')],
      endpoint: 'secretsmanager',
      source: 'glue/centflow_glue/database.py',
    },
    {
      what: 'S3 and Secrets Manager decrypt for the job, and Glue encrypts the data of a job run',
      purposes,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [keyArn(environment)],
      source: 'https://docs.aws.amazon.com/glue/latest/dg/set-up-encryption.html',
    },
    {
      what: 'Glue requests the log group of a job run and its key at each start',
      purposes,
      actions: ['logs:CreateLogGroup', 'logs:AssociateKmsKey'],
      resources: ['output', 'error'].map((stream) => regional('logs', `${log}/${stream}`)),
      endpoint: 'logs',
      source: GLUE_LOG,
    },
    {
      what: 'Glue writes the log of a job run',
      purposes,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: ['output', 'error'].map((stream) => regional('logs', `${log}/${stream}:log-stream:jr_1`)),
      endpoint: 'logs',
      source: GLUE_LOG,
    },
    {
      what: 'The job writes its metrics',
      purposes,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [regional('logs', `log-group:${jobMetricsLogGroup}:log-stream:jr_1`)],
      endpoint: 'logs',
      source: 'glue/centflow_glue/metrics.py',
    },
    {
      what: 'Glue checks whether the role may delete interfaces, without naming one',
      purposes,
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [regional('ec2', '*/*')],
      source: GLUE_VPC,
    },
    {
      what: "Glue creates a worker's interface",
      purposes,
      actions: ['ec2:CreateNetworkInterface'],
      resources: newInterface(environment),
      source: GLUE_VPC,
    },
    {
      what: "Glue tags a worker's interface as its own",
      purposes,
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [regional('ec2', 'network-interface/eni-1')],
      context: { 'aws:TagKeys': ['aws-glue-service-resource'] },
      source: GLUE_VPC,
    },
    {
      what: 'Glue reads the network before it starts',
      purposes,
      actions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeRouteTables',
      ],
      resources: ['*'],
      source: GLUE_VPC,
    },
    {
      what: 'Glue reads the DNS settings of the VPC',
      purposes,
      actions: ['ec2:DescribeVpcAttribute'],
      resources: [regional('ec2', 'vpc/vpc-1')],
      source: GLUE_VPC,
    },
    {
      what: 'Glue reads the connections',
      purposes,
      actions: ['glue:GetConnection'],
      resources: [
        regional('glue', 'catalog'),
        ...environment.network.availabilityZones
          .slice(0, environment.network.endpointZones)
          .map((zone) => regional('glue', `connection/${prefix}-${zone}`)),
      ],
      source: GLUE_VPC,
    },
  ];
}

function crawlerCalls(environment: Environment): RoleCall[] {
  const { regional, bucket } = arns(environment);
  const { prefix, uploadsBucket, catalogDatabase } = namesOf(environment);
  const purposes = ['crawler'];
  const source = GLUE_CRAWLER;
  const log = `log-group:/aws-glue/crawlers-role/${prefix}-crawler-${prefix}-encryption`;
  return [
    {
      what: 'The crawler reads uploads',
      purposes,
      actions: ['s3:GetObject'],
      resources: ['expenses', 'incomes', 'budgets'].map(
        (feed) => `${bucket(uploadsBucket)}/raw/${feed}/owner=ada/a.csv`,
      ),
      source,
    },
    {
      what: 'The crawler lists uploads',
      purposes,
      actions: ['s3:ListBucket'],
      resources: [bucket(uploadsBucket)],
      context: { 's3:prefix': 'raw/expenses/owner=ada/' },
      source,
    },
    {
      what: 'The crawler reads the location of the bucket',
      purposes,
      actions: ['s3:GetBucketLocation'],
      resources: [bucket(uploadsBucket)],
      source,
    },
    {
      what: 'S3 decrypts for the crawler',
      purposes,
      actions: ['kms:Decrypt'],
      resources: [keyArn(environment)],
      source,
    },
    {
      what: 'The crawler adds partitions',
      purposes,
      actions: [
        'glue:GetDatabase',
        'glue:GetTable',
        'glue:GetTables',
        'glue:UpdateTable',
        'glue:GetPartition',
        'glue:GetPartitions',
        'glue:BatchGetPartition',
        'glue:CreatePartition',
        'glue:BatchCreatePartition',
        'glue:UpdatePartition',
        'glue:BatchUpdatePartition',
      ],
      resources: ['catalog', `database/${catalogDatabase}`, `table/${catalogDatabase}/expenses`].map((name) =>
        regional('glue', name),
      ),
      source,
    },
    {
      what: 'The crawler creates its log group',
      purposes,
      actions: ['logs:CreateLogGroup', 'logs:AssociateKmsKey'],
      resources: [regional('logs', log)],
      source,
    },
    {
      what: 'The crawler writes its log',
      purposes,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [regional('logs', `${log}:log-stream:${prefix}-crawler`)],
      source,
    },
  ];
}

function consoleCalls(environment: Environment): RoleCall[] {
  const { regional, bucket } = arns(environment);
  const { uploadsBucket, job, queue, deadLetterQueue } = namesOf(environment);
  const uploads = bucket(uploadsBucket);
  const objects = ['raw/expenses/owner=ada/a.csv', 'templates/owner=ada/a.json'].map((name) => `${uploads}/${name}`);
  return [
    {
      what: 'The console lists versions of uploads and of templates',
      purposes: ['console'],
      actions: ['s3:ListBucketVersions'],
      resources: [uploads],
      context: { 's3:prefix': 'raw/expenses/owner=ada/' },
      endpoint: 's3',
      source: 'apps/console/api/bucket.ts',
    },
    {
      what: 'The console lists templates',
      purposes: ['console'],
      actions: ['s3:ListBucket'],
      resources: [uploads],
      context: { 's3:prefix': 'templates/owner=ada/' },
      endpoint: 's3',
      source: 'apps/console/api/templates.ts',
    },
    {
      what: 'The console reads objects of owners',
      purposes: ['console'],
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: objects,
      endpoint: 's3',
      source: 'apps/console/api/templates.ts',
    },
    {
      what: 'The console changes objects of owners',
      purposes: ['console'],
      actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: objects,
      endpoint: 's3',
      source: 'apps/console/api/templates.ts',
    },
    {
      what: 'A browser puts and gets objects with requests that the console signed',
      purposes: ['console'],
      actions: ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion'],
      resources: objects,
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html',
    },
    {
      what: 'S3 encrypts and decrypts for the console',
      purposes: ['console'],
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: [keyArn(environment)],
      context: { 'kms:ViaService': `s3.${environment.region}.amazonaws.com` },
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html',
    },
    {
      what: 'The console reads the secret of the reporter',
      purposes: ['console'],
      actions: ['secretsmanager:GetSecretValue'],
      resources: [secret(environment, 'reporter')],
      endpoint: 'secretsmanager',
      source: 'apps/console/api/database.ts',
    },
    {
      what: 'Operations reads job runs and starts one',
      purposes: ['operations'],
      actions: ['glue:GetJobRuns', 'glue:StartJobRun'],
      resources: [regional('glue', `job/${job}`)],
      source: 'apps/console/api/operations/handlers.ts',
    },
    {
      what: 'Operations reads the length of the queues',
      purposes: ['operations'],
      actions: ['sqs:GetQueueAttributes'],
      resources: [regional('sqs', queue), regional('sqs', deadLetterQueue)],
      source: 'apps/console/api/operations/handlers.ts',
    },
    {
      what: 'SQS moves dead letters with the rights of the caller',
      purposes: ['operations'],
      actions: ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      resources: [regional('sqs', deadLetterQueue)],
      source: REDRIVE,
    },
    {
      what: 'SQS returns dead letters with the rights of the caller',
      purposes: ['operations'],
      actions: ['sqs:SendMessage'],
      resources: [regional('sqs', queue)],
      source: REDRIVE,
    },
    {
      what: 'SQS decrypts and encrypts the messages that it moves',
      purposes: ['operations'],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [keyArn(environment)],
      context: { 'kms:ViaService': `sqs.${environment.region}.amazonaws.com` },
      source: REDRIVE,
    },
    {
      what: 'Operations reads the alarms',
      purposes: ['operations'],
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [regional('cloudwatch', 'alarm:*')],
      source: 'apps/console/api/operations/handlers.ts',
    },
  ];
}

/** Returns the calls of services with separate roles. */
function serviceCalls(environment: Environment): RoleCall[] {
  const { regional } = arns(environment);
  const refused = `log-group:/centflow/${environment.name}/refused-connections`;
  const metrics = regional('logs', 'log-group:RDSOSMetrics');
  const ourVpc = { 'ec2:Vpc': regional('ec2', 'vpc/vpc-0123456789abcdef0') };
  const quicksight = { purposes: ['quicksight-network'], source: QUICKSIGHT_VPC };
  const [interfaceArn = '', ...others] = newInterface(environment);
  return [
    {
      what: 'RDS creates the log group of enhanced monitoring',
      purposes: ['database-monitoring'],
      actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
      resources: [metrics],
      source: RDS_MONITORING,
    },
    {
      what: 'RDS writes the log of enhanced monitoring',
      purposes: ['database-monitoring'],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'],
      resources: [`${metrics}:log-stream:db-1`],
      source: RDS_MONITORING,
    },
    {
      what: 'The VPC logs rejected connections',
      purposes: ['flow-log'],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [regional('logs', `${refused}:log-stream:eni-1`)],
      source: FLOW_LOGS,
    },
    {
      what: 'The VPC finds its log streams',
      purposes: ['flow-log'],
      actions: ['logs:DescribeLogStreams'],
      resources: [regional('logs', refused)],
      source: FLOW_LOGS,
    },
    ...(environment.report === null
      ? []
      : [
          // IAM knows the VPC of subnets and groups. IAM does not know the VPC of the interface, because the interface
          // does not exist yet.
          {
            ...quicksight,
            what: 'QuickSight creates an interface',
            actions: ['ec2:CreateNetworkInterface'],
            resources: [interfaceArn],
          },
          {
            ...quicksight,
            what: 'QuickSight creates it in the environment’s subnets and groups',
            actions: ['ec2:CreateNetworkInterface'],
            resources: others,
            context: ourVpc,
          },
          {
            ...quicksight,
            what: 'QuickSight changes the groups of its interface',
            actions: ['ec2:ModifyNetworkInterfaceAttribute'],
            resources: [regional('ec2', 'security-group/sg-1')],
            context: ourVpc,
          },
          {
            ...quicksight,
            what: 'QuickSight changes and deletes its interface',
            actions: ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:DeleteNetworkInterface'],
            resources: [regional('ec2', 'network-interface/eni-1')],
            context: ourVpc,
          },
          {
            ...quicksight,
            what: 'QuickSight finds subnets and groups',
            actions: ['ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'],
            resources: ['*'],
          },
        ]),
  ];
}

/** Returns the resources on which IAM evaluates the creation of an interface. */
function newInterface(environment: Environment): string[] {
  const { regional } = arns(environment);
  return [
    regional('ec2', 'network-interface/*'),
    regional('ec2', 'subnet/subnet-1'),
    regional('ec2', 'security-group/sg-1'),
  ];
}

function secret(environment: Environment, user: string): string {
  return arns(environment).regional('secretsmanager', `secret:${namesOf(environment).prefix}/${user}-abcdef`);
}
