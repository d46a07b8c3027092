import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js';
import { Construct } from 'constructs';

const MYSQL = { fromPort: 3306, toPort: 3306 } as const;
const HTTPS = { fromPort: 443, toPort: 443 } as const;
const ALL_TCP = { fromPort: 0, toPort: 65_535 } as const;

interface Ports {
  readonly fromPort: number;
  readonly toPort: number;
}

/** The allowed connections inside the network. All others are rejected. */
export class SecurityGroups extends Construct {
  readonly database: string;
  readonly job: string;
  readonly migrator: string;
  readonly report: string;
  readonly reader: string;
  readonly endpoints: string;

  constructor(scope: Construct, id: string, { prefix, vpcId }: { prefix: string; vpcId: string }) {
    super(scope, id);
    const group = (name: string, description: string) =>
      new SecurityGroup(this, name, {
        name: `${prefix}-${name}`,
        description,
        vpcId,
        tags: { Name: `${prefix}-${name}` },
      }).id;
    this.database = group('database', 'MySQL: asked by the job, the migrator and the reports.');
    this.job = group('job', 'The Glue job and the crawler.');
    this.migrator = group('migrator', 'The Lambda function that migrates the database.');
    this.report = group('report', 'Network interfaces of QuickSight.');
    this.reader = group('reader', 'Lambda functions that read the views.');
    this.endpoints = group('endpoints', 'AWS APIs inside the network.');

    for (const client of ['job', 'migrator', 'report', 'reader'] as const) this.#allow(client, 'database', MYSQL);
    for (const client of ['job', 'migrator', 'reader'] as const) this.#allow(client, 'endpoints', HTTPS);
    // The workers of a job run connect to each other. Glue also rejects a connection if its security group does not
    // allow traffic from the same group.
    this.#allow('job', 'job', ALL_TCP);
    // QuickSight's interfaces are stateless, so the responses of the database also need a rule.
    this.#allowIn('report', 'database', ALL_TCP);
  }

  /** Allows the job and the console to reach S3 through the gateway endpoint of this prefix list, but no other internet address. */
  allowS3(prefixListId: string): void {
    for (const client of ['job', 'reader'] as const) {
      new VpcSecurityGroupEgressRule(this, `${client}-to-s3`, {
        securityGroupId: this[client],
        prefixListId,
        ipProtocol: 'tcp',
        ...HTTPS,
        description: `${client} to s3`,
      });
    }
  }

  #allow(from: GroupName, to: GroupName, ports: Ports): void {
    new VpcSecurityGroupEgressRule(this, `${from}-to-${to}`, {
      securityGroupId: this[from],
      referencedSecurityGroupId: this[to],
      ipProtocol: 'tcp',
      ...ports,
      description: `${from} to ${to}`,
    });
    this.#allowIn(to, from, ports);
  }

  #allowIn(to: GroupName, from: GroupName, ports: Ports): void {
    new VpcSecurityGroupIngressRule(this, `${to}-from-${from}`, {
      securityGroupId: this[to],
      referencedSecurityGroupId: this[from],
      ipProtocol: 'tcp',
      ...ports,
      description: `${to} from ${from}`,
    });
  }
}

type GroupName = 'database' | 'job' | 'migrator' | 'report' | 'reader' | 'endpoints';
