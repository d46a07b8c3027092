/**
 * Deploys one bundle as two functions with separate rights: `console` for people's rows and objects, `operations` for the
 * pipeline.
 */
import type { LambdaFunction as AwsLambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { Fn, Token } from 'cdktf';
import type { Construct } from 'constructs';
import type { DeployedArtifact } from '../../constructs/deployed-artifact.ts';
import { LambdaFunction } from '../../constructs/lambda-function.ts';
import type { ConsoleProps, Environment } from '../../environment.ts';
import { DATABASE_NAME, namesOf } from '../../names.ts';
import { arns } from '../../policy/arns.ts';
import {
  changeOwnersObjects,
  listOwnersTemplates,
  OWNERS_PREFIXES,
  readOwnersObjects,
} from '../../policy/owners-objects.ts';
import type { Statement } from '../../policy/policy-document.ts';

export const consoleFunctionNames = ['console', 'operations'] as const;
export type ConsoleFunction = (typeof consoleFunctionNames)[number];

export interface ConsoleFunctionsProps {
  readonly environment: Environment;
  readonly props: ConsoleProps;
  readonly code: DeployedArtifact;
  /** The sign-in settings that the pages use. */
  readonly signIn: { readonly kind: 'oidc'; readonly authority: string; readonly clientId: string };
  /** The origin of the pages. The functions reject changing requests from other origins. */
  readonly origin: string;
  readonly kmsKeyArn: string;
  /** `subnetIds` is a list separated by commas. */
  readonly network: { readonly subnetIds: string; readonly securityGroupId: string };
  readonly database: { readonly host: string; readonly port: string; readonly ca: string };
  readonly reporterSecretArn: string;
}

/** The functions' timeout. It is one second less than the API's timeout, so that a function can report its own timeout. */
const TIMEOUT_SECONDS = 29;

export function consoleFunctions(
  scope: Construct,
  options: ConsoleFunctionsProps,
): Record<ConsoleFunction, AwsLambdaFunction> {
  const { environment, props, code, signIn, origin, kmsKeyArn, network, database, reporterSecretArn } = options;
  const names = namesOf(environment);
  const queueUrl = (name: string) => `https://sqs.${environment.region}.amazonaws.com/${environment.accountId}/${name}`;
  const common = {
    environment,
    code,
    kmsKeyArn,
    timeoutSeconds: TIMEOUT_SECONDS,
    // These logs are the audit log: they record who changed or viewed which upload.
    logRetentionDays: props.auditRetentionDays,
    dependsOn: [code.object],
  };
  const always = { ENVIRONMENT: environment.name, SIGN_IN: JSON.stringify(signIn), CONSOLE_ORIGIN: origin };
  return {
    console: new LambdaFunction(scope, 'console', {
      ...common,
      purpose: 'console',
      description: "Answers requests about people's own uploads and figures, and signs their uploads.",
      memoryMb: 1024,
      network: {
        subnetIds: Token.asList(Fn.split(',', network.subnetIds)),
        securityGroupId: network.securityGroupId,
      },
      variables: {
        ...always,
        FUNCTION: 'console',
        UPLOADS_BUCKET: names.uploadsBucket,
        DATABASE_SECRET_ARN: reporterSecretArn,
        DATABASE_HOST: database.host,
        DATABASE_PORT: database.port,
        DATABASE_NAME,
        DATABASE_CA: database.ca,
      },
      statements: ownersStatements(environment, { kmsKeyArn, reporterSecretArn }),
    }).function,
    operations: new LambdaFunction(scope, 'operations', {
      ...common,
      purpose: 'operations',
      description: 'Shows operators the state of the pipeline, and redrives dead letters.',
      memoryMb: 512,
      variables: {
        ...always,
        FUNCTION: 'operations',
        GLUE_JOB_NAME: names.job,
        QUEUE_URL: queueUrl(names.queue),
        DEAD_LETTER_QUEUE_URL: queueUrl(names.deadLetterQueue),
        ALARM_PREFIX: `${environment.name}-`,
      },
      statements: pipelineStatements(environment, kmsKeyArn),
    }).function,
  };
}

/**
 * Returns the rights on owners' objects. Browsers upload and read objects with requests that this function signs, so these rights
 * also limit the browsers.
 */
function ownersStatements(
  environment: Environment,
  { kmsKeyArn, reporterSecretArn }: { readonly kmsKeyArn: string; readonly reporterSecretArn: string },
): Statement[] {
  const uploads = arns(environment).bucket(namesOf(environment).uploadsBucket);
  const overTls = { Bool: { 'aws:SecureTransport': 'true' } };
  const templates = listOwnersTemplates(environment);
  return [
    {
      sid: 'ListOwnersObjects',
      actions: ['s3:ListBucketVersions'],
      resources: [uploads],
      conditions: { ...overTls, StringLike: { 's3:prefix': OWNERS_PREFIXES } },
    },
    { sid: 'ListOwnersTemplates', ...templates, conditions: { ...overTls, ...templates.conditions } },
    { sid: 'ReadOwnersObjects', ...readOwnersObjects(environment), conditions: overTls },
    { sid: 'ChangeOwnersObjects', ...changeOwnersObjects(environment), conditions: overTls },
    {
      sid: 'EncryptObjects',
      actions: ['kms:GenerateDataKey'],
      resources: [kmsKeyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${environment.region}.amazonaws.com` } },
    },
    { sid: 'ReadSecret', actions: ['secretsmanager:GetSecretValue'], resources: [reporterSecretArn] },
  ];
}

function pipelineStatements(environment: Environment, kmsKeyArn: string): Statement[] {
  const { job, queue, deadLetterQueue } = namesOf(environment);
  const { regional } = arns(environment);
  return [
    {
      sid: 'RunTheJob',
      actions: ['glue:GetJobRuns', 'glue:StartJobRun'],
      resources: [regional('glue', `job/${job}`)],
    },
    {
      sid: 'MeasureQueues',
      actions: ['sqs:GetQueueAttributes'],
      resources: [regional('sqs', queue), regional('sqs', deadLetterQueue)],
    },
    {
      // SQS moves the messages with the rights of the caller.
      sid: 'RedriveDeadLetters',
      actions: ['sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:StartMessageMoveTask'],
      resources: [regional('sqs', deadLetterQueue)],
    },
    { sid: 'RefillTheQueue', actions: ['sqs:SendMessage'], resources: [regional('sqs', queue)] },
    {
      sid: 'EncryptMessages',
      actions: ['kms:GenerateDataKey'],
      resources: [kmsKeyArn],
      conditions: { StringEquals: { 'kms:ViaService': `sqs.${environment.region}.amazonaws.com` } },
    },
    {
      // For a query by name prefix, CloudWatch requires the right on all alarms.
      sid: 'SeeAlarms',
      actions: ['cloudwatch:DescribeAlarms'],
      resources: [regional('cloudwatch', 'alarm:*')],
    },
  ];
}
