/** WAF before CloudFront: how often one address may ask, and what AWS knows to be an attack. */
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import { Construct } from 'constructs';

export interface FirewallProps {
  readonly name: string;
  /** Requests of one address within five minutes. */
  readonly requestsPerAddress: number;
  /** Of us-east-1. */
  readonly provider: AwsProvider;
}

const RATE_WINDOW_SECONDS = 300;

/**
 * Rules of AWS's common set that look into a request's body or its query arguments, and so into people's text: a description of a
 * bank's with `../` or a URL is no attack, nor a search for `https://…`, nor a file named `card.log.csv`, and what an upload
 * overlaps with takes more than 8 KB to ask. They are counted. The API reads bodies and queries by its contract and within its own
 * limits, and writes nothing into HTML or SQL but as values.
 *
 * The rule on query strings refuses more than 2,048 bytes. An object key of 1,024 bytes alone can take 3,072, percent-encoded:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html. The contract bounds each parameter.
 */
export const countedOnly = [
  'SizeRestrictions_QUERYSTRING',
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'CrossSiteScripting_QUERYARGUMENTS',
  'EC2MetaDataSSRF_BODY',
  'EC2MetaDataSSRF_QUERYARGUMENTS',
  'GenericLFI_BODY',
  'GenericLFI_QUERYARGUMENTS',
  'GenericRFI_BODY',
  'GenericRFI_QUERYARGUMENTS',
  'RestrictedExtensions_QUERYARGUMENTS',
] as const;

/** The rules of the web ACL, in their order; each costs as much as the other. */
export const firewallRules = ['rate', 'common'] as const;
export type FirewallRule = (typeof firewallRules)[number];

/** The only region where CloudFront looks for a web ACL, and where that tells its metrics. */
export const FIREWALL_REGION = 'us-east-1';

/** Requests that it refuses do not reach the API. Requests to the API's own address pass by it, and meet the authorizer and its limit. */
export class Firewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, requestsPerAddress, provider }: FirewallProps) {
    super(scope, id);
    const visible = (metricName: string) => ({
      cloudwatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: true,
    });
    // CDKTF hands a statement on as it is written: by the names of Terraform's own.
    const rules: Record<FirewallRule, object> = {
      rate: {
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: {
          rate_based_statement: {
            limit: requestsPerAddress,
            aggregate_key_type: 'IP',
            evaluation_window_sec: RATE_WINDOW_SECONDS,
          },
        },
      },
      common: {
        overrideAction: { none: {} },
        statement: {
          managed_rule_group_statement: {
            vendor_name: 'AWS',
            name: 'AWSManagedRulesCommonRuleSet',
            rule_action_override: countedOnly.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
          },
        },
      },
    };
    this.arn = new Wafv2WebAcl(this, 'acl', {
      provider,
      name,
      description: 'In front of the console.',
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rule: firewallRules.map((rule, priority) => ({
        name: rule,
        priority,
        ...rules[rule],
        visibilityConfig: visible(rule),
      })),
      visibilityConfig: visible(name),
    }).arn;
  }
}
