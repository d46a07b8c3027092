/**
 * The actions that may stand beside the resource `*`, and the actions that may hold a `*` themselves, each with the reason.
 * Nothing else may: policyDocument() refuses, and a test reads the synthesised policies. It also asks the Service
 * Authorization Reference whether AWS still knows no resource for those of which that is the reason.
 */

/** AWS supports no narrower resource; conditions narrow where they can. */
export const KNOWS_NO_RESOURCE = 'AWS knows no resource for it.';

export const wildcards: Readonly<Record<string, string>> = {
  'cloudfront:CreateDistribution': KNOWS_NO_RESOURCE,
  'cloudfront:CreateFunction': KNOWS_NO_RESOURCE,
  'cloudfront:CreateOriginAccessControl': KNOWS_NO_RESOURCE,
  'cloudfront:CreateResponseHeadersPolicy': KNOWS_NO_RESOURCE,
  'cognito-idp:CreateUserPool': KNOWS_NO_RESOURCE,
  'cognito-idp:DescribeUserPoolDomain': KNOWS_NO_RESOURCE,
  'ec2:DescribeFlowLogs': KNOWS_NO_RESOURCE,
  'ec2:DescribeNetworkAcls': KNOWS_NO_RESOURCE,
  'ec2:DescribeNetworkInterfaces': KNOWS_NO_RESOURCE,
  'ec2:DescribePrefixLists': KNOWS_NO_RESOURCE,
  'ec2:DescribeRouteTables': KNOWS_NO_RESOURCE,
  'ec2:DescribeSecurityGroupRules': KNOWS_NO_RESOURCE,
  'ec2:DescribeSecurityGroups': KNOWS_NO_RESOURCE,
  'ec2:DescribeSubnets': KNOWS_NO_RESOURCE,
  'ec2:DescribeVpcEndpoints': KNOWS_NO_RESOURCE,
  'ec2:DescribeVpcs': KNOWS_NO_RESOURCE,
  'glue:CreateCrawler': KNOWS_NO_RESOURCE,
  'glue:CreateSecurityConfiguration': KNOWS_NO_RESOURCE,
  'glue:DeleteSecurityConfiguration': KNOWS_NO_RESOURCE,
  'glue:GetSecurityConfiguration': KNOWS_NO_RESOURCE,
  'kms:CreateKey': KNOWS_NO_RESOURCE,
  'kms:ListAliases': KNOWS_NO_RESOURCE,
  'lambda:CreateEventSourceMapping': KNOWS_NO_RESOURCE,
  'logs:CreateLogDelivery': KNOWS_NO_RESOURCE,
  'logs:DeleteLogDelivery': KNOWS_NO_RESOURCE,
  'logs:DescribeLogGroups': KNOWS_NO_RESOURCE,
  'logs:DescribeResourcePolicies': KNOWS_NO_RESOURCE,
  'logs:GetLogDelivery': KNOWS_NO_RESOURCE,
  'logs:ListLogDeliveries': KNOWS_NO_RESOURCE,
  'logs:PutResourcePolicy': KNOWS_NO_RESOURCE,
  'logs:UpdateLogDelivery': KNOWS_NO_RESOURCE,
  'quicksight:CreateDataSource': KNOWS_NO_RESOURCE,
  'quicksight:CreateVPCConnection': KNOWS_NO_RESOURCE,
  'quicksight:ListIngestions': KNOWS_NO_RESOURCE,
  'kms:*':
    "In a key's policy, for the account itself: IAM's policies could grant nothing otherwise, and a key whose last user is gone would be lost.",
};
