/** The Glue job that loads uploads, and the schedule that starts it as a sweep. */
import { GlueConnection } from '@cdktf/provider-aws/lib/glue-connection/index.js';
import { GlueJob } from '@cdktf/provider-aws/lib/glue-job/index.js';
import { GlueTrigger } from '@cdktf/provider-aws/lib/glue-trigger/index.js';
import { GLUE_VERSION } from '@centflow/glue/glue-version';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { DeployedArtifact } from '../../constructs/deployed-artifact.ts';
import { LogGroup } from '../../constructs/log-group.ts';
import { ServiceRole } from '../../constructs/service-role.ts';
import type { Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { arns, gluesRuntime } from '../../policy/arns.ts';
import type { Statement } from '../../policy/policy-document.ts';

export interface LoadJobProps {
  readonly environment: Environment;
  readonly kmsKeyArn: string;
  readonly securityConfiguration: string;
  readonly script: DeployedArtifact;
  readonly wheels: DeployedArtifact;
  /** The S3 URI of the database's certificate authorities. */
  readonly authoritiesUri: string;
  readonly loaderSecretArn: string;
  /** The key prefix of all uploads. `manifestPrefix` is the key prefix of the trigger's manifests. */
  readonly rawPrefix: string;
  readonly manifestPrefix: string;
  readonly network: {
    /** The subnets in which the job may run, with their zones. */
    readonly subnets: readonly { readonly id: string; readonly zone: string }[];
    readonly securityGroupId: string;
  };
  /** The resource that migrates the database to this release. */
  readonly dependsOn: readonly ITerraformDependable[];
}

export class LoadJob extends Construct {
  readonly job: GlueJob;

  constructor(scope: Construct, id: string, props: LoadJobProps) {
    super(scope, id);
    const { environment, kmsKeyArn, securityConfiguration, script, wheels, network } = props;
    const { load } = environment;
    const names = namesOf(environment);

    // All workers of a job run are in the zone of the first connection that is available:
    // https://docs.aws.amazon.com/glue/latest/dg/glue-troubleshooting-errors.html#vpc-failover-behavior-error-10
    const connectionIn = (zone: string) => `${names.prefix}-${zone}`;
    const connections = network.subnets.map(
      ({ id: subnetId, zone }) =>
        new GlueConnection(this, `connection-${zone}`, {
          name: connectionIn(zone),
          description: `Puts the job into the database's network, in ${zone}.`,
          connectionType: 'NETWORK',
          physicalConnectionRequirements: {
            availabilityZone: zone,
            subnetId,
            securityGroupIdList: [network.securityGroupId],
          },
        }),
    );

    // The log groups of a job on Glue 5.0 or later with a security configuration: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
    const logPrefix = `/centflow/${environment.name}/job`;
    const logFolder = `${logPrefix}/${securityConfiguration}-role/${names.job}`;
    const logs = ['output', 'error'].map(
      (stream) =>
        new LogGroup(this, `log-${stream}`, { environment, keyArn: kmsKeyArn, name: `${logFolder}/${stream}` }),
    );
    const metricsLog = new LogGroup(this, 'metrics-log', {
      environment,
      keyArn: kmsKeyArn,
      name: names.jobMetricsLogGroup,
    });

    const logArn = (name: string) => arns(environment).regional('logs', `log-group:${name}`);
    const role = new ServiceRole(this, 'role', {
      environment,
      purpose: 'load',
      service: 'glue.amazonaws.com',
      statements: [
        ...dataStatements(props),
        {
          // At each start, Glue requests to create the log group and to associate the key, although both already exist.
          sid: 'WriteLogs',
          actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
          resources: [logArn(`${logFolder}/*`)],
        },
        {
          sid: 'WriteMetrics',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [logArn(`${names.jobMetricsLogGroup}:*`)],
        },
        ...networkStatements(
          environment,
          network.subnets.map(({ zone }) => connectionIn(zone)),
        ),
      ],
    });

    this.job = new GlueJob(this, 'job', {
      name: names.job,
      description: 'Reconciles object keys with the database: the keys of a manifest, or (sweep) all keys that differ.',
      roleArn: role.arn,
      glueVersion: GLUE_VERSION,
      // `3` means Python 3; the Glue version determines the minor version. The provider accepts no other value.
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: script.uri },
      workerType: 'G.1X',
      // With auto scaling, this number is the maximum. A job run begins with the driver and one worker.
      numberOfWorkers: load.maxWorkers,
      executionClass: 'STANDARD',
      executionProperty: { maxConcurrentRuns: load.maxConcurrentRuns },
      // Glue queues only runs of jobs without retries: https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html.
      // The next sweep tries failed keys again.
      maxRetries: 0,
      timeout: load.timeoutMinutes,
      // Only the sweep uses job run queuing. The trigger turns queuing off for its own runs, because uploads should
      // wait in SQS (ADR 0009).
      jobRunQueuingEnabled: true,
      securityConfiguration,
      connections: connections.map(({ name }) => name),
      defaultArguments: {
        '--job-language': 'python',
        '--enable-auto-scaling': 'true',
        // Glue's job bookmarks are off. The job writes its bookkeeping to the database, in the transaction that publishes rows.
        '--job-bookmark-option': 'job-bookmark-disable',
        '--additional-python-modules': wheels.uri,
        // pip must not use PyPI, which the job's network cannot reach.
        '--python-modules-installer-option': '--no-index',
        '--custom-logGroup-prefix': logPrefix,
        // The arguments omit --enable-metrics, because CloudWatch bills each metric, and the job's own metrics suffice.
        '--bucket': names.uploadsBucket,
        '--database-secret': props.loaderSecretArn,
        '--database-ca': props.authoritiesUri,
        '--metrics-log-group': metricsLog.name,
        '--environment': environment.name,
      },
      dependsOn: [script.object, wheels.object, role.policy, metricsLog, ...logs, ...props.dependsOn],
    });

    new GlueTrigger(this, 'sweep', {
      name: `${names.prefix}-sweep`,
      description: 'Finds uploads whose events were lost.',
      type: 'SCHEDULED',
      schedule: load.sweepSchedule,
      enabled: !load.paused,
      startOnCreation: !load.paused,
      actions: [{ jobName: this.job.name, arguments: { '--keys-from': 'sweep' } }],
    });
  }
}

function dataStatements(props: LoadJobProps): Statement[] {
  const { uploadsBucket, artifactsBucket } = namesOf(props.environment);
  const { bucket } = arns(props.environment);
  const uploads = bucket(uploadsBucket);
  return [
    {
      sid: 'ReadUploads',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${uploads}/${props.rawPrefix}*`],
    },
    {
      sid: 'ListUploads',
      actions: ['s3:ListBucketVersions'],
      resources: [uploads],
      conditions: { StringLike: { 's3:prefix': `${props.rawPrefix}*` } },
    },
    {
      sid: 'ReadManifests',
      actions: ['s3:GetObject'],
      resources: [`${uploads}/${props.manifestPrefix}*`],
    },
    {
      sid: 'ListWaitingManifests',
      actions: ['s3:ListBucket'],
      resources: [uploads],
      conditions: { StringLike: { 's3:prefix': `${props.manifestPrefix}waiting/*` } },
    },
    {
      // A job run deletes each manifest that it has claimed (ADR 0023).
      sid: 'TakeWaitingManifests',
      actions: ['s3:DeleteObject'],
      resources: [`${uploads}/${props.manifestPrefix}waiting/*`],
    },
    {
      sid: 'ReadCode',
      actions: ['s3:GetObject'],
      // The role may read the code of any release. A job run that began before a deployment reads its own release while it exists.
      resources: ['job-*.py', 'centflow-*.gluewheels.zip', 'authorities-*.pem'].map(
        (key) => `${bucket(artifactsBucket)}/${key}`,
      ),
    },
    { sid: 'ReadGluesRuntime', ...gluesRuntime },
    { sid: 'ReadSecret', actions: ['secretsmanager:GetSecretValue'], resources: [props.loaderSecretArn] },
    { sid: 'UseKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [props.kmsKeyArn] },
  ];
}

/**
 * Returns the rights with which Glue creates the workers' network interfaces. Glue uses the job's role and tags the interfaces.
 *
 * https://docs.aws.amazon.com/glue/latest/dg/start-connecting.html
 */
function networkStatements(environment: Environment, connections: readonly string[]): Statement[] {
  const { regional } = arns(environment);
  const inAccount = (type: string) => regional('ec2', `${type}/*`);
  return [
    {
      sid: 'ReadConnection',
      actions: ['glue:GetConnection'],
      resources: [regional('glue', 'catalog'), ...connections.map((name) => regional('glue', `connection/${name}`))],
    },
    {
      sid: 'CreateInterfaces',
      actions: ['ec2:CreateNetworkInterface'],
      resources: ['network-interface', 'subnet', 'security-group'].map(inAccount),
    },
    {
      sid: 'TagInterfaces',
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [inAccount('network-interface')],
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['aws-glue-service-resource'] } },
    },
    {
      // Like Lambda, Glue checks this right before an interface exists. The check names no interface, so EC2 evaluates `*/*`.
      sid: 'DeleteInterfaces',
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [regional('ec2', '*/*')],
    },
    {
      sid: 'LookAround',
      actions: [
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeVpcEndpoints',
        'ec2:DescribeRouteTables',
      ],
      resources: ['*'],
    },
    { sid: 'ReadNetwork', actions: ['ec2:DescribeVpcAttribute'], resources: [inAccount('vpc')] },
  ];
}
