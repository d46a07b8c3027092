/**
 * The monitoring stack: topic, alarms, mails about job failures, budget, dashboard, and the canary's function, which deployments
 * invoke.
 */
import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget/index.js';
import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { Fn, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { alarmsOf } from '../alarms.ts';
import { type Artifact, type Artifacts, readArtifacts } from '../artifacts.ts';
import { MetricAlarm } from '../constructs/alarm.ts';
import { DeployedArtifact } from '../constructs/deployed-artifact.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import { dashboardBody } from '../dashboard.ts';
import type { Environment } from '../environment.ts';
import { failureRuleOf } from '../metrics.ts';
import { CANARY_OWNER } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { type Conditions, policyDocument, type Statement } from '../policy/policy-document.ts';
import { StageStack } from './centflow-stack.ts';
import { type ConsoleOutput, type LoadOutput, type StoreOutput, takeDatabaseCa, takeOver } from './handover.ts';

/** The outputs of earlier stacks that the canary needs. */
type CanaryInputs = ReturnType<typeof takeOver<'kms_key_arn' | 'private_subnet_ids' | 'reader_security_group_id'>>;

export class WatchStack extends StageStack {
  constructor(scope: Construct, environment: Environment, artifacts: Artifacts = readArtifacts()) {
    super(scope, 'watch', environment);
    const store = takeOver<StoreOutput>(this, 'kms_key_arn', 'private_subnet_ids', 'reader_security_group_id');
    const { reporter_secret_arn: reporterSecretArn } = takeOver<LoadOutput>(this, 'reporter_secret_arn');
    // metrics.ts uses this variable as the id of the API.
    if (environment.console !== null) takeOver<ConsoleOutput>(this, 'console_api_id');
    const topic = this.#createTopic(store.kms_key_arn);
    for (const alarm of alarmsOf(environment)) new MetricAlarm(this, environment, alarm, topic.arn);
    this.#reportJobFailures(topic);
    this.#watchCosts(topic);
    this.#createCanary(artifacts.canary, store, reporterSecretArn);
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: this.names.prefix,
      dashboardBody: dashboardBody(environment),
    });
  }

  #createTopic(keyArn: string): SnsTopic {
    const { accountId, name, watch } = this.environment;
    const { regional, global } = arns(this.environment);
    const topic = new SnsTopic(this, 'topic', {
      name: this.names.topic,
      displayName: `Centflow ${name}`,
      kmsMasterKeyId: keyArn,
    });
    const mayPublish = (sid: string, service: string, conditions?: Conditions): Statement => ({
      sid,
      principals: { Service: [service] },
      actions: ['sns:Publish'],
      resources: [topic.arn],
      ...(conditions === undefined ? {} : { conditions }),
    });
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': accountId } };
    new SnsTopicPolicy(this, 'topic-policy', {
      arn: topic.arn,
      policy: policyDocument(
        mayPublish('Alarms', 'cloudwatch.amazonaws.com', {
          ...ofThisAccount,
          ArnLike: { 'aws:SourceArn': regional('cloudwatch', `alarm:${name}-*`) },
        }),
        mayPublish('Budget', 'budgets.amazonaws.com', {
          ...ofThisAccount,
          // AWS's example of this statement does not name the budget:
          // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
          ArnLike: { 'aws:SourceArn': global('budgets', '*') },
        }),
        // EventBridge cannot publish if the statement has any condition:
        // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
        mayPublish('JobFailures', 'events.amazonaws.com'),
        {
          sid: 'OverTlsOnly',
          effect: 'Deny',
          principals: '*',
          actions: ['sns:Publish'],
          resources: [topic.arn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ),
    });
    for (const email of watch.emails) {
      new SnsTopicSubscription(this, `mail-to-${email}`, { topicArn: topic.arn, protocol: 'email', endpoint: email });
    }
    return topic;
  }

  /** Sends a mail for each failed job run, with Glue's reason. Alarms report only that something is wrong. */
  #reportJobFailures(topic: SnsTopic): void {
    const rule = new CloudwatchEventRule(this, 'job-failures', {
      name: failureRuleOf(this.environment),
      description: `Job runs of ${this.names.job} that failed.`,
      eventPattern: JSON.stringify({
        source: ['aws.glue'],
        'detail-type': ['Glue Job State Change'],
        detail: { jobName: [this.names.job], state: ['FAILED', 'TIMEOUT', 'ERROR'] },
      }),
    });
    const message = [
      `Centflow ${this.environment.name}: job run <run> of <job> ended as <state> at <time>.`,
      'Glue’s message: <message>',
      'The next sweep loads the uploads that the run did not finish. docs/runbook.md describes what to do.',
    ];
    new CloudwatchEventTarget(this, 'job-failures-to-topic', {
      rule: rule.name,
      targetId: 'topic',
      arn: topic.arn,
      inputTransformer: {
        inputPaths: {
          job: '$.detail.jobName',
          run: '$.detail.jobRunId',
          state: '$.detail.state',
          message: '$.detail.message',
          time: '$.time',
        },
        inputTemplate: message.map((line) => JSON.stringify(line)).join('\n'),
      },
    });
  }

  /** Creates a budget for the costs of all resources with the environment's tag. */
  #watchCosts(topic: SnsTopic): void {
    const { name, watch, accountId } = this.environment;
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      subscriberSnsTopicArns: [topic.arn],
    });
    new BudgetsBudget(this, 'budget', {
      accountId,
      name: this.names.prefix,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(watch.monthlyBudgetUsd),
      limitUnit: 'USD',
      costFilter: [{ name: 'TagKeyValue', values: [`user:Environment$${name}`] }],
      notification: [notify('ACTUAL', 80), notify('FORECASTED', 100)],
    });
  }

  /**
   * Creates the function that reports the canary's rows in the views. Deployments use the function because they may read neither
   * uploads nor secrets.
   */
  #createCanary(artifact: Artifact, store: CanaryInputs, reporterSecretArn: string): void {
    const { environment, names } = this;
    const code = new DeployedArtifact(this, 'canary-code', { bucket: names.artifactsBucket, artifact });
    new LambdaFunction(this, 'canary', {
      purpose: 'canary',
      description: "Reports to a deployment what the views show of the canary's uploads only.",
      environment,
      code,
      kmsKeyArn: store.kms_key_arn,
      network: {
        subnetIds: Token.asList(Fn.split(',', store.private_subnet_ids)),
        securityGroupId: store.reader_security_group_id,
      },
      timeoutSeconds: 60,
      memoryMb: 256,
      variables: {
        ENVIRONMENT: environment.name,
        CANARY_OWNER,
        REPORTER_SECRET: reporterSecretArn,
        DATABASE_CA: takeDatabaseCa(this),
      },
      statements: [{ sid: 'ReadSecret', actions: ['secretsmanager:GetSecretValue'], resources: [reporterSecretArn] }],
      dependsOn: [code.object],
    });
  }
}
