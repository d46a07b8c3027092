/**
 * Lists the faults of the emulator (ministack 1.5.33) that make a second plan differ although nothing has changed.
 *
 * A difference that is not listed here is a fault of this repository. If a listed fault no longer occurs, remove it
 * from the list. Otherwise it could hide a fault of this repository.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ResourceChange } from '@centflow/terraform';

export interface EmulatorFault {
  readonly type: string;
  /** The attribute whose value the emulator returns incorrectly after a write. */
  readonly attribute: string;
  /** A description of the emulator's error. */
  readonly reason: string;
  /** Set if AWS cannot change the attribute, so Terraform would replace the resource. */
  readonly replaces?: true;
}

/** Returns the faults of several attributes of a resource that have the same reason. */
function faultsOf(type: string, reason: string, attributes: readonly string[]): EmulatorFault[] {
  return attributes.map((attribute) => ({ type, attribute, reason }));
}

export const emulatorFaults: readonly EmulatorFault[] = [
  {
    type: 'aws_apigatewayv2_authorizer',
    attribute: 'authorizer_payload_format_version',
    reason: 'CreateAuthorizer returns the attribute for a JWT authorizer, but on AWS only a Lambda authorizer has it.',
  },
  ...faultsOf(
    'aws_cloudfront_response_headers_policy',
    'GetResponseHeadersPolicy returns empty lists. AWS omits empty lists.',
    ['remove_headers_config'],
  ),
  ...faultsOf('aws_db_instance', 'CreateDBInstance ignores the attribute.', [
    'backup_window',
    'enabled_cloudwatch_logs_exports',
  ]),
  ...faultsOf('aws_flow_log', 'DescribeFlowLogs does not return the attribute.', [
    'deliver_cross_account_role',
    'max_aggregation_interval',
    'tags',
    'tags_all',
  ]),
  {
    type: 'aws_flow_log',
    attribute: 'iam_role_arn',
    reason: 'DescribeFlowLogs does not return the attribute.',
    replaces: true,
  },
  ...faultsOf('aws_glue_connection', 'Tags given to CreateConnection are dropped.', ['tags_all']),
  ...faultsOf('aws_glue_crawler', 'Tags given to CreateCrawler are dropped.', ['tags_all']),
  ...faultsOf(
    'aws_glue_crawler',
    'If the attribute is not set, GetCrawler does not return it. AWS returns the default value.',
    ['lineage_configuration', 'recrawl_policy'],
  ),
  ...faultsOf('aws_glue_job', 'GetJob does not return the attribute.', ['execution_class', 'job_run_queuing_enabled']),
  ...faultsOf('aws_glue_job', 'Tags given to CreateJob are dropped.', ['tags_all']),
  ...faultsOf('aws_glue_trigger', 'GetTrigger returns an empty predicate. AWS omits an empty predicate.', [
    'predicate',
  ]),
  ...faultsOf('aws_vpc_endpoint', 'DescribeVpcEndpoints does not return the attribute.', [
    'policy',
    'private_dns_enabled',
    'security_group_ids',
  ]),
];

/** Returns the value of CENTFLOW_IGNORE_CHANGES, for plans that ignore the faults: attributes by resource type. */
export function ignoredChanges(faults = emulatorFaults): Record<string, string[]> {
  const byType: Record<string, string[]> = {};
  for (const { type, attribute } of faults) byType[type] = [...(byType[type] ?? []), attribute];
  return byType;
}

/** One attribute that would change. */
export interface Difference {
  readonly address: string;
  readonly type: string;
  readonly attribute: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface Comparison {
  /** The differences that no known fault explains. */
  readonly unexplained: readonly Difference[];
  /** Resources that would be created or deleted, and resources whose replacement no known fault explains. */
  readonly drastic: readonly string[];
  /** The faults that explained at least one difference. */
  readonly found: ReadonlySet<EmulatorFault>;
}

/** Compares the changes of a second plan with the known faults of the emulator. */
export function compareWithFaults(changes: readonly ResourceChange[], faults = emulatorFaults): Comparison {
  const found = new Set<EmulatorFault>();
  const drastic: string[] = [];
  const unexplained: Difference[] = [];
  for (const { address, type, change } of changes) {
    const explaining = differingAttributes(change).flatMap((attribute) => {
      const fault = faults.find((known) => known.type === type && known.attribute === attribute);
      if (fault) return [fault];
      const before = change.before?.[attribute];
      unexplained.push({ address, type, attribute, before, after: change.after?.[attribute] });
      return [];
    });
    for (const fault of explaining) found.add(fault);
    const updates = change.actions.every((action) => action === 'update');
    const replaces = change.actions.includes('delete') && change.actions.includes('create');
    if (updates || (replaces && explaining.some((fault) => fault.replaces))) continue;
    drastic.push(`${address} (${change.actions.join(' and ')})`);
  }
  return { unexplained, drastic, found };
}

/** Returns the attributes that would be written, without those that AWS would compute as a result. */
function differingAttributes({ before, after }: ResourceChange['change']): string[] {
  return Object.keys(after ?? {}).filter((name) => !isDeepStrictEqual(before?.[name], after?.[name]));
}

/** Describes a difference in a line of the report. */
export function describeDifference({ address, attribute, before, after }: Difference): string {
  return `${address}, ${attribute}: ${JSON.stringify(before)} becomes ${JSON.stringify(after)}`;
}
