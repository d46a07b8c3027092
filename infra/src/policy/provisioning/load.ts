import { namesOf } from '../../names.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggingAs } from './area.ts';

/** Returns the rights on functions, queues and secrets. */
export const load: AreaOf = (environment) => {
  const { prefix, queue, deadLetterQueue } = namesOf(environment);
  const { regional } = arns(environment);
  const functions = regional('lambda', `function:${prefix}-*`);
  const mappings = regional('lambda', 'event-source-mapping:*');
  const queues = [queue, deadLetterQueue].map((name) => regional('sqs', name));
  const secrets = [regional('secretsmanager', `secret:${prefix}/*`)];
  const onlyOwnFunctions = { ArnLike: { 'lambda:FunctionArn': functions } };
  return {
    name: 'load',
    types: [
      'aws_lambda_event_source_mapping',
      'aws_lambda_function',
      'aws_lambda_function_event_invoke_config',
      'aws_lambda_invocation',
      'aws_lambda_permission',
      'aws_secretsmanager_secret',
      'aws_sqs_queue',
      'aws_sqs_queue_policy',
    ],
    read: [
      {
        sid: 'ReadFunctions',
        actions: [
          'lambda:GetFunction',
          'lambda:GetFunctionCodeSigningConfig',
          'lambda:GetFunctionEventInvokeConfig',
          'lambda:GetPolicy',
          'lambda:ListTags',
          'lambda:ListVersionsByFunction',
        ],
        resources: [functions],
      },
      {
        sid: 'ReadMappings',
        actions: ['lambda:GetEventSourceMapping'],
        resources: [mappings],
        conditions: onlyOwnFunctions,
      },
      { sid: 'ReadMappingTags', actions: ['lambda:ListTags'], resources: [mappings] },
      {
        sid: 'ReadQueues',
        actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ListQueueTags'],
        resources: queues,
      },
      {
        sid: 'ReadSecretsNames',
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
        resources: secrets,
      },
    ],
    write: [
      {
        sid: 'ChangeFunctions',
        actions: [
          'lambda:AddPermission',
          'lambda:CreateFunction',
          'lambda:DeleteFunction',
          'lambda:DeleteFunctionConcurrency',
          'lambda:DeleteFunctionEventInvokeConfig',
          // Terraform invokes the migrator before it changes anything that needs the migrations.
          'lambda:InvokeFunction',
          'lambda:PutFunctionConcurrency',
          'lambda:PutFunctionEventInvokeConfig',
          'lambda:RemovePermission',
          'lambda:TagResource',
          'lambda:UntagResource',
          'lambda:UpdateFunctionCode',
          'lambda:UpdateFunctionConfiguration',
          'lambda:UpdateFunctionEventInvokeConfig',
        ],
        resources: [functions],
      },
      {
        sid: 'CreateMappings',
        actions: ['lambda:CreateEventSourceMapping'],
        resources: ['*'],
        conditions: onlyOwnFunctions,
      },
      {
        sid: 'ChangeMappings',
        actions: ['lambda:DeleteEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
        resources: [mappings],
        conditions: onlyOwnFunctions,
      },
      {
        sid: 'TagMappings',
        actions: ['lambda:TagResource'],
        resources: [mappings],
        conditions: taggingAs(environment),
      },
      {
        sid: 'ChangeQueues',
        actions: ['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:SetQueueAttributes', 'sqs:TagQueue', 'sqs:UntagQueue'],
        resources: queues,
      },
      {
        // Only the migrator writes the values; Terraform neither writes nor reads them.
        sid: 'ChangeSecrets',
        actions: [
          'secretsmanager:CreateSecret',
          'secretsmanager:DeleteSecret',
          'secretsmanager:TagResource',
          'secretsmanager:UntagResource',
          'secretsmanager:UpdateSecret',
        ],
        resources: secrets,
      },
    ],
  };
};
