import { namesOf } from '../../names.ts';
import { FIREWALL_REGION } from '../../stacks/console/firewall.ts';
import { arns } from '../arns.ts';
import { type AreaOf, taggedAs, taggingAs } from './area.ts';

/**
 * Returns the rights on CloudFront, WAF, the HTTP API and Cognito.
 *
 * Some CloudFront resources do not support tags, and AWS chooses the ids of an API and its parts. Environments that share an account
 * could therefore change each other's resources of these types.
 */
export const consoleArea: AreaOf = (environment) => {
  const { prefix, consoleFirewall } = namesOf(environment);
  const { regional, global } = arns(environment);
  const distributions = [global('cloudfront', 'distribution/*')];
  const functions = [global('cloudfront', `function/${prefix}-*`)];
  const accessControls = [global('cloudfront', 'origin-access-control/*')];
  const headers = [global('cloudfront', 'response-headers-policy/*')];
  const { regional: inFirewallRegion } = arns({ ...environment, region: FIREWALL_REGION });
  const firewall = inFirewallRegion('wafv2', `global/webacl/${consoleFirewall}/*`);
  const gateway = (path: string) => `arn:aws:apigateway:${environment.region}::${path}`;
  // The pattern matches three kinds of ARN: the list of APIs, each API, and each part of an API.
  const apis = [gateway('/apis*')];
  const pools = [regional('cognito-idp', 'userpool/*')];
  const own = taggedAs(environment);
  return {
    name: 'console',
    types: [
      'aws_apigatewayv2_api',
      'aws_apigatewayv2_authorizer',
      'aws_apigatewayv2_integration',
      'aws_apigatewayv2_route',
      'aws_apigatewayv2_stage',
      'aws_cloudfront_distribution',
      'aws_cloudfront_function',
      'aws_cloudfront_origin_access_control',
      'aws_cloudfront_response_headers_policy',
      'aws_cognito_user_group',
      'aws_cognito_user_pool',
      'aws_cognito_user_pool_client',
      'aws_cognito_user_pool_domain',
      'aws_wafv2_web_acl',
    ],
    read: [
      {
        sid: 'ReadDistribution',
        actions: ['cloudfront:GetDistribution', 'cloudfront:ListTagsForResource'],
        resources: distributions,
      },
      {
        sid: 'ReadPartsOfDistribution',
        actions: [
          'cloudfront:DescribeFunction',
          'cloudfront:GetFunction',
          'cloudfront:GetOriginAccessControl',
          'cloudfront:GetResponseHeadersPolicy',
        ],
        resources: [...functions, ...accessControls, ...headers],
      },
      { sid: 'ReadFirewall', actions: ['wafv2:GetWebACL', 'wafv2:ListTagsForResource'], resources: [firewall] },
      { sid: 'ReadApi', actions: ['apigateway:GET'], resources: apis },
      {
        sid: 'ReadPeople',
        actions: [
          'cognito-idp:DescribeUserPool',
          'cognito-idp:DescribeUserPoolClient',
          'cognito-idp:GetGroup',
          'cognito-idp:GetUserPoolMfaConfig',
        ],
        resources: pools,
      },
      { sid: 'FindSignInDomain', actions: ['cognito-idp:DescribeUserPoolDomain'], resources: ['*'] },
    ],
    write: [
      {
        sid: 'CreateDistribution',
        actions: ['cloudfront:CreateDistribution'],
        resources: ['*'],
        conditions: taggingAs(environment),
      },
      {
        sid: 'TagDistribution',
        actions: ['cloudfront:TagResource'],
        resources: distributions,
        conditions: taggingAs(environment),
      },
      {
        sid: 'ChangeDistribution',
        actions: ['cloudfront:DeleteDistribution', 'cloudfront:UntagResource', 'cloudfront:UpdateDistribution'],
        resources: distributions,
        conditions: own,
      },
      {
        sid: 'CreatePartsOfDistribution',
        actions: [
          'cloudfront:CreateFunction',
          'cloudfront:CreateOriginAccessControl',
          'cloudfront:CreateResponseHeadersPolicy',
        ],
        resources: ['*'],
      },
      {
        sid: 'ChangeFunctionOfDistribution',
        actions: ['cloudfront:DeleteFunction', 'cloudfront:PublishFunction', 'cloudfront:UpdateFunction'],
        resources: functions,
      },
      {
        sid: 'ChangePartsOfDistribution',
        actions: [
          'cloudfront:DeleteOriginAccessControl',
          'cloudfront:DeleteResponseHeadersPolicy',
          'cloudfront:UpdateOriginAccessControl',
          'cloudfront:UpdateResponseHeadersPolicy',
        ],
        resources: [...accessControls, ...headers],
      },
      {
        sid: 'ChangeFirewall',
        actions: [
          'wafv2:CreateWebACL',
          'wafv2:DeleteWebACL',
          'wafv2:TagResource',
          'wafv2:UntagResource',
          'wafv2:UpdateWebACL',
        ],
        resources: [firewall],
      },
      {
        sid: 'TakeOverRulesOfAws',
        actions: ['wafv2:CreateWebACL', 'wafv2:UpdateWebACL'],
        resources: [inFirewallRegion('wafv2', 'global/managedruleset/*/*')],
      },
      {
        sid: 'ChangeApi',
        actions: ['apigateway:DELETE', 'apigateway:PATCH', 'apigateway:POST', 'apigateway:PUT'],
        resources: [...apis, gateway('/tags/*')],
      },
      {
        // API Gateway uses the rights of the caller to set up the delivery of the access log.
        sid: 'DeliverAccessLog',
        actions: [
          'logs:CreateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:DescribeResourcePolicies',
          'logs:GetLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:UpdateLogDelivery',
        ],
        resources: ['*'],
      },
      {
        sid: 'CreatePool',
        actions: ['cognito-idp:CreateUserPool'],
        resources: ['*'],
        conditions: taggingAs(environment),
      },
      {
        sid: 'TagPool',
        actions: ['cognito-idp:TagResource'],
        resources: pools,
        conditions: taggingAs(environment),
      },
      {
        // The role has no rights on users, because administrators create accounts (docs/runbook.md).
        sid: 'ChangePool',
        actions: [
          'cognito-idp:AddCustomAttributes',
          'cognito-idp:CreateGroup',
          'cognito-idp:CreateUserPoolClient',
          'cognito-idp:CreateUserPoolDomain',
          'cognito-idp:DeleteGroup',
          'cognito-idp:DeleteUserPool',
          'cognito-idp:DeleteUserPoolClient',
          'cognito-idp:DeleteUserPoolDomain',
          'cognito-idp:SetUserPoolMfaConfig',
          'cognito-idp:UntagResource',
          'cognito-idp:UpdateGroup',
          'cognito-idp:UpdateUserPool',
          'cognito-idp:UpdateUserPoolClient',
          'cognito-idp:UpdateUserPoolDomain',
        ],
        resources: pools,
        conditions: own,
      },
    ],
  };
};
