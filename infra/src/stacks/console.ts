/**
 * The console: its pages behind CloudFront and WAF, its API behind the same address, and its user accounts.
 *
 *   browser ─▶ WAF ─▶ CloudFront ─┬▶ S3: the pages
 *                                 └▶ /api/* ─▶ HTTP API (checks tokens) ┬▶ console, in the network: views, uploads
 *                                                                       └▶ operations, outside: job, queue, alarms
 *   browser ─▶ Cognito: sign-in      browser ─▶ S3: uploads, by requests that the console has signed
 */
import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js';
import type { Construct } from 'constructs';
import { type Artifacts, readArtifacts } from '../artifacts.ts';
import { DeployedArtifact } from '../constructs/deployed-artifact.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import { type ConsoleProps, type Environment, EnvironmentError } from '../environment.ts';
import { StageStack, useRegion } from './centflow-stack.ts';
import { ConsoleApi } from './console/console-api.ts';
import { consoleFunctions } from './console/console-functions.ts';
import { Distribution } from './console/distribution.ts';
import { FIREWALL_REGION, Firewall } from './console/firewall.ts';
import { People } from './console/people.ts';
import { WebFiles, webLifecycle } from './console/web-files.ts';
import {
  type ConsoleOutput,
  handOver,
  type LoadOutput,
  type StoreOutput,
  takeDatabaseCa,
  takeOver,
} from './handover.ts';

export class ConsoleStack extends StageStack {
  readonly props: ConsoleProps;

  /** @throws {EnvironmentError} the environment has no console. */
  constructor(scope: Construct, environment: Environment, artifacts: Artifacts = readArtifacts()) {
    super(scope, 'console', environment);
    if (environment.console === null) {
      throw new EnvironmentError(`Environment ${environment.name} has no console: its property console is null.`);
    }
    this.props = environment.console;
    const { names, props } = this;
    const store = takeOver<StoreOutput>(
      this,
      'kms_key_arn',
      'private_subnet_ids',
      'reader_security_group_id',
      'database_host',
      'database_port',
    );
    const load = takeOver<LoadOutput>(this, 'reporter_secret_arn');

    const bucket = new PrivateBucket(this, 'web', {
      bucket: names.consoleBucket,
      // The pages are public. A KMS key would only require another right for CloudFront.
      keyArn: null,
      // `destroy` may delete the pages, because a deployment uploads them again.
      protect: false,
      lifecycle: webLifecycle,
    });
    const api = new ConsoleApi(this, 'api', { environment, props, kmsKeyArn: store.kms_key_arn });
    const distribution = new Distribution(this, 'distribution', {
      environment,
      props,
      bucket,
      apiDomain: api.domain,
      firewallArn: new Firewall(this, 'firewall', {
        name: names.consoleFirewall,
        requestsPerAddress: props.requestsPerAddress,
        provider: useRegion(this, environment, FIREWALL_REGION),
      }).arn,
    });
    new WebFiles(this, 'pages', { bucket: bucket.id, files: artifacts.web });
    const origin = `https://${distribution.domain}`;
    this.#allowBrowserUploads(origin);

    const people = new People(this, 'people', { environment, props, origin });
    const functions = consoleFunctions(this, {
      environment,
      props,
      code: new DeployedArtifact(this, 'code', { bucket: names.artifactsBucket, artifact: artifacts.console }),
      signIn: { kind: 'oidc', authority: people.issuer, clientId: people.clientId },
      origin,
      kmsKeyArn: store.kms_key_arn,
      network: { subnetIds: store.private_subnet_ids, securityGroupId: store.reader_security_group_id },
      database: { host: store.database_host, port: store.database_port, ca: takeDatabaseCa(this) },
      reporterSecretArn: load.reporter_secret_arn,
    });
    api.route(functions, people);

    handOver<ConsoleOutput>(this, { console_url: origin, console_api_id: api.id, user_pool_id: people.poolId });
  }

  /**
   * Allows the console's pages to read objects, to see version ids, and to upload objects (whole or in parts) with
   * signed requests.
   */
  #allowBrowserUploads(origin: string): void {
    new S3BucketCorsConfiguration(this, 'browser-uploads', {
      bucket: this.names.uploadsBucket,
      corsRule: [
        {
          id: 'console',
          allowedOrigins: [origin],
          allowedMethods: ['PUT', 'GET', 'HEAD'],
          allowedHeaders: ['*'],
          exposeHeaders: ['ETag', 'x-amz-version-id'],
          maxAgeSeconds: 3600,
        },
      ],
    });
  }
}
