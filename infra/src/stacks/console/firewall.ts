/** Configures WAF in front of CloudFront: a rate limit for each address, and AWS's rules against known attacks. */
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import { Construct } from 'constructs';

export interface FirewallProps {
  readonly name: string;
  /** Requests that one address may send within five minutes. */
  readonly requestsPerAddress: number;
  /** The provider for the region us-east-1. */
  readonly provider: AwsProvider;
}

const RATE_WINDOW_SECONDS = 300;

/**
 * The rules of AWS's common set that inspect bodies and query arguments, which contain people's text. WAF only counts the matches
 * of these rules. A bank's description with `../` or a URL is not an attack. Neither is a search for `https://…` or a file named
 * `card.log.csv`. A request for overlapping rows is larger than 8 KB. The API validates bodies and queries against its contract and
 * its own limits, and passes them to HTML and SQL only as values.
 *
 * The rule on query strings blocks more than 2,048 bytes. A percent-encoded object key of 1,024 bytes can take 3,072:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html. The contract limits each parameter.
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

/** The rules of the web ACL, in the order in which WAF evaluates them. Each rule costs the same. */
export const firewallRules = ['rate', 'common'] as const;
export type FirewallRule = (typeof firewallRules)[number];

/** The only region in which CloudFront accepts a web ACL. WAF also publishes the metrics of the web ACL in this region. */
export const FIREWALL_REGION = 'us-east-1';

/** The web ACL. Requests to the API's own address bypass the web ACL, but not the authorizer or the API's rate limit. */
export class Firewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, requestsPerAddress, provider }: FirewallProps) {
    super(scope, id);
    const visible = (metricName: string) => ({
      cloudwatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: true,
    });
    // CDKTF does not convert the statements of rules, so the statements use Terraform's names.
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
      description: 'Protects the console.',
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
