import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { githubRoleOf, logGroupsOf, namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { keyPolicyDocument, type Statement } from '../policy/policy-document.ts';

/** The environment's only key. It encrypts buckets, database, secrets, queues, topic and logs. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const { prefix } = namesOf(environment);
    const key = new KmsKey(this, 'key', {
      description: `Encrypts everything that ${prefix} stores.`,
      enableKeyRotation: true,
      // All data that a deleted key encrypted is lost. For protected data, the waiting period is therefore the longest possible.
      deletionWindowInDays: environment.protectData ? 30 : 7,
      policy: keyPolicyDocument(...keyStatements(environment)),
      lifecycle: { preventDestroy: environment.protectData },
    });
    new KmsAlias(this, 'alias', { name: `alias/${prefix}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

/**
 * Returns the statements of the key's policy. Roles receive their rights on the key from their own policies. These statements are
 * for the account, GitHub's roles, and services without a role.
 */
function keyStatements(environment: Environment): Omit<Statement, 'resources'>[] {
  const { name, accountId, region } = environment;
  const { uploadsBucket } = namesOf(environment);
  const { regional, global, bucket } = arns(environment);
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': accountId } };
  const encryptMessages = ['kms:GenerateDataKey', 'kms:Decrypt'];
  return [
    {
      sid: 'AccountAdministers',
      principals: { AWS: [global('iam', 'root')] },
      actions: ['kms:*'],
    },
    // The key's policy names GitHub's roles. A condition on the key's tags in their own policies would take minutes to take effect.
    {
      sid: 'PlansRead',
      principals: { AWS: [githubRoleOf(environment, 'plan'), githubRoleOf(environment, 'apply')] },
      actions: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags'],
    },
    {
      // A Terraform plan reads the checksums of the encrypted artifacts, which S3 returns only with this right.
      sid: 'PlansReadArtifacts',
      principals: { AWS: [githubRoleOf(environment, 'plan')] },
      actions: ['kms:Decrypt'],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
    },
    {
      sid: 'ApplyChanges',
      principals: { AWS: [githubRoleOf(environment, 'apply')] },
      actions: [
        'kms:CreateAlias',
        'kms:DeleteAlias',
        'kms:DisableKeyRotation',
        'kms:EnableKeyRotation',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:TagResource',
        'kms:UntagResource',
        'kms:UpdateAlias',
        'kms:UpdateKeyDescription',
      ],
    },
    {
      // AWS uses the key on behalf of the role that uploads an artifact, or creates a database, a secret or a function.
      sid: 'ApplyStores',
      principals: { AWS: [githubRoleOf(environment, 'apply')] },
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      conditions: {
        StringEquals: {
          'kms:ViaService': ['s3', 'rds', 'secretsmanager', 'lambda'].map(
            (service) => `${service}.${region}.amazonaws.com`,
          ),
        },
      },
    },
    {
      sid: 'ApplyLetsServicesStore',
      principals: { AWS: [githubRoleOf(environment, 'apply')] },
      actions: ['kms:CreateGrant'],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
    {
      sid: 'LogsEncrypt',
      principals: { Service: [`logs.${region}.amazonaws.com`] },
      actions: [
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
      ],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': logGroupsOf(environment).map((group) =>
            regional('logs', `log-group:${group}`),
          ),
        },
      },
    },
    {
      sid: 'UploadsFillTheQueue',
      principals: { Service: ['s3.amazonaws.com'] },
      actions: encryptMessages,
      conditions: { ...ofThisAccount, ArnEquals: { 'aws:SourceArn': bucket(uploadsBucket) } },
    },
    {
      sid: 'AlarmsReachTheTopic',
      principals: { Service: ['cloudwatch.amazonaws.com'] },
      actions: encryptMessages,
      conditions: {
        ...ofThisAccount,
        ArnLike: { 'aws:SourceArn': regional('cloudwatch', `alarm:${name}-*`) },
      },
    },
    {
      sid: 'BudgetsReachTheTopic',
      principals: { Service: ['budgets.amazonaws.com'] },
      actions: encryptMessages,
      conditions: { ...ofThisAccount, ArnLike: { 'aws:SourceArn': global('budgets', '*') } },
    },
    {
      // EventBridge sends neither aws:SourceAccount nor aws:SourceArn to KMS. With a condition on them, its messages would be
      // lost without an error.
      sid: 'EventsReachTheTopic',
      principals: { Service: ['events.amazonaws.com'] },
      actions: encryptMessages,
    },
    ...(environment.report === null ? [] : [reportsReadTheirSecret(environment)]),
  ];
}

/**
 * Returns the statement that allows QuickSight to decrypt the reporter's secret. QuickSight reads the secret with a
 * role that QuickSight's console creates once per account, without rights on keys. The statement names the role in a
 * condition, because KMS rejects a principal that does not exist yet.
 */
function reportsReadTheirSecret(environment: Environment): Omit<Statement, 'resources'> {
  const { regional, global } = arns(environment);
  return {
    sid: 'ReportsReadTheirSecret',
    principals: '*',
    actions: ['kms:Decrypt'],
    conditions: {
      ArnEquals: { 'aws:PrincipalArn': global('iam', 'role/service-role/aws-quicksight-secretsmanager-role-v0') },
      StringEquals: { 'kms:ViaService': `secretsmanager.${environment.region}.amazonaws.com` },
      ArnLike: {
        'kms:EncryptionContext:SecretARN': regional(
          'secretsmanager',
          `secret:${namesOf(environment).reporterSecret}-*`,
        ),
      },
    },
  };
}
