import { DbInstance, type DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance/index.js';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { type Environment, hasInsights } from '../environment.ts';
import { namesOf } from '../names.ts';
import { arns } from '../policy/arns.ts';
import { LogGroup } from './log-group.ts';
import { ServiceRole } from './service-role.ts';

/**
 * Logs that RDS hands to CloudWatch. The slow query log and the general log hold statements with their values, and so people's
 * search words and amounts. Nothing writes them, see `mysqlParameters`.
 */
const exportedLogs = ['error'];

export interface DatabaseOptions {
  readonly environment: Environment;
  readonly keyArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/**
 * RDS for MySQL. The migrator makes the schema.
 *
 * It has no read replica: RDS makes none of an instance whose password it manages
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations).
 */
export class Database extends Construct {
  readonly host: string;
  readonly port: string;
  readonly masterSecretArn: string;

  constructor(scope: Construct, id: string, { environment, keyArn, subnetIds, securityGroupId }: DatabaseOptions) {
    super(scope, id);
    const { database, protectData } = environment;
    const { prefix, databaseInstance } = namesOf(environment);
    const parameters = new DbParameterGroup(this, 'parameters', {
      name: `${prefix}-mysql84`,
      family: 'mysql8.4',
      description: 'What Centflow needs beyond RDS defaults.',
      parameter: Object.entries(mysqlParameters).map(([name, value]) => ({ name, value, applyMethod: 'immediate' })),
      // The next major version's group has another name, and is there before the instance leaves this one.
      lifecycle: { createBeforeDestroy: true },
    });
    const subnets = new DbSubnetGroup(this, 'subnets', {
      // Below the prefix, as all that GitHub's roles reach.
      name: `${prefix}-private`,
      description: 'Private subnets, without a route to the internet.',
      subnetIds: [...subnetIds],
    });
    const metricsLog = arns(environment).regional('logs', 'log-group:RDSOSMetrics');
    const monitoring = new ServiceRole(this, 'monitoring-role', {
      environment,
      purpose: 'database-monitoring',
      service: 'monitoring.rds.amazonaws.com',
      statements: [
        {
          sid: 'WriteMetrics',
          actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
          resources: [metricsLog],
        },
        {
          sid: 'WriteMetricStreams',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'],
          resources: [`${metricsLog}:log-stream:*`],
        },
      ],
    });

    const instance = new DbInstance(this, 'instance', {
      identifier: databaseInstance,
      engine: 'mysql',
      // The newest minor version, which RDS keeps up to date.
      engineVersion: '8.4',
      username: 'administrator',
      // RDS makes and rotates the password: it is in no state, plan or variable.
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: keyArn,
      dbSubnetGroupName: subnets.name,
      multiAz: database.multiAz,
      allocatedStorage: database.storageGib,
      backupRetentionPeriod: database.backupDays,
      backupWindow: '00:30-01:00',
      deleteAutomatedBackups: !protectData,
      deletionProtection: protectData,
      skipFinalSnapshot: !protectData,
      ...(protectData ? { finalSnapshotIdentifier: `${databaseInstance}-final` } : {}),
      instanceClass: database.instanceClass,
      parameterGroupName: parameters.name,
      vpcSecurityGroupIds: [securityGroupId],
      publiclyAccessible: false,
      storageType: 'gp3',
      storageEncrypted: true,
      kmsKeyId: keyArn,
      // RDS wants a tenth more than there is, or nothing for "never grow".
      ...(database.maxStorageGib > database.storageGib ? { maxAllocatedStorage: database.maxStorageGib } : {}),
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      maintenanceWindow: 'sun:01:30-sun:02:30',
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      // Where data is protected, what needs a restart waits for the maintenance window.
      applyImmediately: !protectData,
      enabledCloudwatchLogsExports: exportedLogs,
      copyTagsToSnapshot: true,
      // Memory and swap, which RDS does not measure from outside; about 0.1 USD a month.
      monitoringInterval: 60,
      monitoringRoleArn: monitoring.arn,
      ...insights(environment, keyArn),
      lifecycle: { preventDestroy: protectData },
      dependsOn: [...logGroups(this, databaseInstance, environment, keyArn), monitoring.policy],
    });
    this.host = instance.address;
    this.port = Token.asString(instance.port);
    this.masterSecretArn = instance.masterUserSecret.get(0).secretArn;
  }
}

/** All dynamic: none needs a restart. The time zone is UTC anyway. */
const mysqlParameters = {
  require_secure_transport: '1',
  // The job loads by LOAD DATA LOCAL.
  local_infile: '1',
  character_set_server: 'utf8mb4',
  // Tells letters and accents apart, as the migrations do for the schema.
  collation_server: 'utf8mb4_0900_as_cs',
  // RDS could export these logs and lets administrators download them:
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQLDB.PublishtoCloudWatchLogs.html
  slow_query_log: '0',
  general_log: '0',
  // The last statements of a deadlock would go into the error log, which is exported.
  innodb_print_all_deadlocks: '0',
};

/** RDS would make the log groups itself, and keep them for ever. */
function logGroups(scope: Construct, instance: string, environment: Environment, keyArn: string): LogGroup[] {
  return exportedLogs.map(
    (log) =>
      new LogGroup(scope, `${instance}-${log}`, {
        environment,
        keyArn,
        name: `/aws/rds/instance/${instance}/${log}`,
      }),
  );
}

function insights({ database }: Environment, keyArn: string): Partial<DbInstanceConfig> {
  if (!hasInsights(database.instanceClass)) return {};
  return {
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: keyArn,
    databaseInsightsMode: database.insights,
    // The only days that go with each mode: a week free of charge, and 15 months as `advanced` demands.
    performanceInsightsRetentionPeriod: database.insights === 'advanced' ? 465 : 7,
  };
}
