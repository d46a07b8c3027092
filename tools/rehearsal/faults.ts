/**
 * What a second plan finds though nothing has changed: faults of the emulator (ministack 1.5.33), each named.
 *
 * A difference that stands here is the emulator's, any other one ours. One that stands here and is not found any more is to be
 * taken out, so that it hides nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ResourceChange } from '@centflow/terraform';

export interface EmulatorFault {
  readonly type: string;
  /** The attribute that is read back otherwise than it was written. */
  readonly attribute: string;
  /** What the emulator does. */
  readonly reason: string;
  /** true: AWS cannot change the attribute, so Terraform would make the resource anew. */
  readonly replaces?: true;
}

/** One reason for several attributes of a resource. */
function faultsOf(type: string, reason: string, attributes: readonly string[]): EmulatorFault[] {
  return attributes.map((attribute) => ({ type, attribute, reason }));
}

export const emulatorFaults: readonly EmulatorFault[] = [
  {
    type: 'aws_apigatewayv2_authorizer',
    attribute: 'authorizer_payload_format_version',
    reason: 'CreateAuthorizer gives one that believes tokens what only one that asks a Lambda has.',
  },
  ...faultsOf(
    'aws_cloudfront_response_headers_policy',
    'GetResponseHeadersPolicy tells of empty lists where there are none.',
    ['remove_headers_config'],
  ),
  ...faultsOf('aws_db_instance', 'CreateDBInstance ignores it.', ['backup_window', 'enabled_cloudwatch_logs_exports']),
  ...faultsOf('aws_flow_log', 'DescribeFlowLogs does not tell it.', [
    'deliver_cross_account_role',
    'max_aggregation_interval',
    'tags',
    'tags_all',
  ]),
  { type: 'aws_flow_log', attribute: 'iam_role_arn', reason: 'DescribeFlowLogs does not tell it.', replaces: true },
  ...faultsOf('aws_glue_connection', 'Tags given to CreateConnection are dropped.', ['tags_all']),
  ...faultsOf('aws_glue_crawler', 'Tags given to CreateCrawler are dropped.', ['tags_all']),
  ...faultsOf('aws_glue_crawler', 'Where nothing is given GetCrawler tells nothing, and AWS its own default.', [
    'lineage_configuration',
    'recrawl_policy',
  ]),
  ...faultsOf('aws_glue_job', 'GetJob does not tell it.', ['execution_class', 'job_run_queuing_enabled']),
  ...faultsOf('aws_glue_job', 'Tags given to CreateJob are dropped.', ['tags_all']),
  ...faultsOf('aws_glue_trigger', 'GetTrigger tells of an empty predicate where there is none.', ['predicate']),
  ...faultsOf('aws_vpc_endpoint', 'DescribeVpcEndpoints does not tell it.', [
    'policy',
    'private_dns_enabled',
    'security_group_ids',
  ]),
];

/** What CENTFLOW_IGNORE_CHANGES says, for plans that are to overlook the faults: attributes by type. */
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
  /** Differences that no fault explains. */
  readonly unexplained: readonly Difference[];
  /** What would be made or taken away, or replaced where no fault says so. */
  readonly drastic: readonly string[];
  /** Faults that explained something. */
  readonly found: ReadonlySet<EmulatorFault>;
}

/** Compares what a second plan would change with the emulator's known faults. */
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

/** The attributes that would be written; what AWS computes anew because of them is not among them. */
function differingAttributes({ before, after }: ResourceChange['change']): string[] {
  return Object.keys(after ?? {}).filter((name) => !isDeepStrictEqual(before?.[name], after?.[name]));
}

/** A difference as people read it. */
export function describeDifference({ address, attribute, before, after }: Difference): string {
  return `${address}, ${attribute}: ${JSON.stringify(before)} becomes ${JSON.stringify(after)}`;
}
