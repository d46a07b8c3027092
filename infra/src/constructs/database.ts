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
 * The logs that RDS exports to CloudWatch. The slow query log and the general log would contain statements with their values, such
 * as people's search words and amounts. `mysqlParameters` turns both off.
 */
const exportedLogs = ['error'];

export interface DatabaseOptions {
  readonly environment: Environment;
  readonly keyArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

/**
 * The database instance, which is RDS for MySQL. The migrator creates the schema.
 *
 * There is no read replica: RDS does not support replicas of an instance whose password it manages
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
      // Each major version needs a parameter group with a different name, because the new group must exist before the
      // upgrade.
      lifecycle: { createBeforeDestroy: true },
    });
    const subnets = new DbSubnetGroup(this, 'subnets', {
      // GitHub's roles can change only resources whose names begin with the prefix.
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
      // RDS installs the newest minor version and keeps it up to date.
      engineVersion: '8.4',
      username: 'administrator',
      // RDS creates and rotates the password, so no state, plan or variable contains it.
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
      // RDS requires at least 10 % more than the allocated storage. For a fixed size, the value must be omitted.
      ...(database.maxStorageGib > database.storageGib ? { maxAllocatedStorage: database.maxStorageGib } : {}),
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      maintenanceWindow: 'sun:01:30-sun:02:30',
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      // If data is protected, changes that need a restart wait for the maintenance window.
      applyImmediately: !protectData,
      enabledCloudwatchLogsExports: exportedLogs,
      copyTagsToSnapshot: true,
      // Enhanced monitoring measures memory and swap, which CloudWatch's metrics do not include. It costs about 0.1 USD a month.
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

/** All parameters are dynamic, so none needs a restart. The time zone is UTC by default. */
const mysqlParameters = {
  require_secure_transport: '1',
  // The job loads rows with LOAD DATA LOCAL, which MySQL rejects by default.
  local_infile: '1',
  character_set_server: 'utf8mb4',
  // This collation distinguishes letter case and accents, as the migrations do for the schema.
  collation_server: 'utf8mb4_0900_as_cs',
  // RDS could export these logs, and administrators can download them:
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQLDB.PublishtoCloudWatchLogs.html
  slow_query_log: '0',
  general_log: '0',
  // If this parameter were on, the exported error log would contain the last statements of a deadlock.
  innodb_print_all_deadlocks: '0',
};

/** Creates the log groups with a retention. RDS would create log groups that never expire. */
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
    // Each mode supports only one retention: `standard` a free week, and `advanced` 15 months.
    performanceInsightsRetentionPeriod: database.insights === 'advanced' ? 465 : 7,
  };
}
