/** Creates a secret for each database user, and the migrator, which writes the secrets, migrates and grants rights. */
import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { Construct } from 'constructs';
import type { DeployedArtifact } from '../../constructs/deployed-artifact.ts';
import { type FunctionNetwork, LambdaFunction } from '../../constructs/lambda-function.ts';
import type { Environment } from '../../environment.ts';
import { DATABASE_NAME, namesOf } from '../../names.ts';

export interface DatabaseAccessProps {
  readonly environment: Environment;
  readonly kmsKeyArn: string;
  readonly code: DeployedArtifact;
  readonly network: FunctionNetwork;
  readonly databaseHost: string;
  readonly databasePort: string;
  /** The ARN of the administrator's secret, which RDS creates and rotates. */
  readonly masterSecretArn: string;
  /** Certificate authorities in PEM format, or an empty string for RDS's own. */
  readonly databaseCa: string;
}

/** The migrator's timeout, which is Lambda's maximum. Run longer migrations by hand, such as an index over 10^8 rows (docs/runbook.md). */
const MIGRATION_SECONDS = 900;

export class DatabaseAccess extends Construct {
  readonly loaderSecret: SecretsmanagerSecret;
  readonly reporterSecret: SecretsmanagerSecret;
  /**
   * The invocation of the migrator. After the invocation, the database contains the users, tables, views and grants of
   * this release.
   */
  readonly migrated: LambdaInvocation;

  constructor(scope: Construct, id: string, props: DatabaseAccessProps) {
    super(scope, id);
    const { environment, kmsKeyArn, code } = props;
    const names = namesOf(environment);
    // The migrator creates the passwords, so that Terraform's state contains none.
    const secret = (role: string, name: string, user: string) =>
      new SecretsmanagerSecret(this, `${role}-secret`, {
        name,
        description: `MySQL user ${role}: ${user}. Written and rotated by ${names.migrator}.`,
        kmsKeyId: kmsKeyArn,
        recoveryWindowInDays: environment.protectData ? 30 : 0,
        lifecycle: { preventDestroy: environment.protectData },
      });
    const migratorSecret = secret('migrator', names.migratorSecret, 'changes the schema');
    this.loaderSecret = secret('loader', names.loaderSecret, 'the job');
    this.reporterSecret = secret('reporter', names.reporterSecret, 'reads the views');
    const users = [migratorSecret.arn, this.loaderSecret.arn, this.reporterSecret.arn];

    const migrator = new LambdaFunction(this, 'migrator', {
      purpose: 'migrator',
      description: 'Brings the database up to date: users, migrations, grants; and rotates the passwords of its users.',
      environment,
      code,
      kmsKeyArn,
      network: props.network,
      timeoutSeconds: MIGRATION_SECONDS,
      memoryMb: 256,
      variables: {
        ENVIRONMENT: environment.name,
        DATABASE_HOST: props.databaseHost,
        DATABASE_PORT: props.databasePort,
        DATABASE_NAME,
        DATABASE_CA: props.databaseCa,
        ADMINISTRATOR_SECRET: props.masterSecretArn,
        MIGRATOR_SECRET: migratorSecret.arn,
        LOADER_SECRET: this.loaderSecret.arn,
        REPORTER_SECRET: this.reporterSecret.arn,
      },
      statements: [
        {
          sid: 'ReadSecrets',
          actions: ['secretsmanager:GetSecretValue'],
          resources: [props.masterSecretArn, ...users],
        },
        {
          sid: 'WriteSecrets',
          actions: ['secretsmanager:PutSecretValue'],
          resources: users,
        },
        { sid: 'EncryptSecrets', actions: ['kms:GenerateDataKey'], resources: [kmsKeyArn] },
      ],
      dependsOn: [code.object],
    });

    this.migrated = new LambdaInvocation(this, 'migrate', {
      functionName: migrator.function.functionName,
      input: '{}',
      // Terraform invokes the migrator again if its code or the database changes.
      triggers: { code: code.key, host: props.databaseHost },
    });
  }
}
