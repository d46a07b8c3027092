/** The CloudFront distribution. The console's pages and API share one address, so that the API needs no CORS. */
import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js';
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function/index.js';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js';
import {
  CloudfrontResponseHeadersPolicy,
  type CloudfrontResponseHeadersPolicySecurityHeadersConfig,
} from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js';
import { securityHeaders } from '@centflow/console/security-headers';
import { Construct } from 'constructs';
import type { PrivateBucket } from '../../constructs/private-bucket.ts';
import type { ConsoleProps, Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { signInOrigins } from './people.ts';

export interface DistributionProps {
  readonly environment: Environment;
  readonly props: ConsoleProps;
  /** The bucket that contains the pages. */
  readonly bucket: PrivateBucket;
  readonly apiDomain: string;
  readonly firewallArn: string;
}

/** CloudFront's managed policies: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const managed = {
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  /** Forwards the whole request, including `Authorization`, but without the host. API Gateway needs its own host name. */
  allViewerExceptHostHeader: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
} as const;

const TWO_YEARS = 63_072_000;

type SecuritySettings = Omit<CloudfrontResponseHeadersPolicySecurityHeadersConfig, 'strictTransportSecurity'>;

/** Headers that CloudFront has settings for. CloudFront treats all other headers as custom headers. */
const securitySettings: Readonly<Record<string, (value: string) => SecuritySettings>> = {
  'content-security-policy': (value) => ({ contentSecurityPolicy: { contentSecurityPolicy: value, override: true } }),
  // `nosniff` is the only possible value.
  'x-content-type-options': () => ({ contentTypeOptions: { override: true } }),
  'x-frame-options': (value) => ({ frameOptions: { frameOption: value, override: true } }),
  'referrer-policy': (value) => ({ referrerPolicy: { referrerPolicy: value, override: true } }),
};

/**
 * Serves index.html for the addresses of the single-page app, such as `/uploads/17`. These are all paths without a dot
 * in the last part. A custom error response could also serve the page, but would also replace the API's errors with it.
 */
export const ONE_PAGE = `function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}
`;

export class Distribution extends Construct {
  /** The domain of the distribution, without `https://`. */
  readonly domain: string;

  constructor(scope: Construct, id: string, options: DistributionProps) {
    super(scope, id);
    const { environment, props, bucket, apiDomain, firewallArn } = options;
    const name = `${namesOf(environment).prefix}-console`;
    const access = new CloudfrontOriginAccessControl(this, 'access', {
      name,
      description: 'Allows CloudFront to read the pages.',
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    });
    const onePage = new CloudfrontFunction(this, 'one-page', {
      name: `${name}-one-page`,
      comment: 'Returns the page for each address that is not a file.',
      runtime: 'cloudfront-js-2.0',
      code: ONE_PAGE,
      publish: true,
    });
    const headers = this.#headers(name, environment);
    const always = { viewerProtocolPolicy: 'redirect-to-https', responseHeadersPolicyId: headers.id };
    const distribution = new CloudfrontDistribution(this, 'distribution', {
      comment: name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: 'http2and3',
      // This price class serves the pages from Europe and North America.
      priceClass: 'PriceClass_100',
      defaultRootObject: 'index.html',
      webAclId: firewallArn,
      origin: [
        {
          originId: 'pages',
          domainName: `${bucket.id}.s3.${environment.region}.amazonaws.com`,
          originAccessControlId: access.id,
        },
        {
          originId: 'api',
          domainName: apiDomain,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
          },
        },
      ],
      defaultCacheBehavior: {
        ...always,
        compress: true,
        targetOriginId: 'pages',
        allowedMethods: ['GET', 'HEAD'],
        cachedMethods: ['GET', 'HEAD'],
        cachePolicyId: managed.cachingOptimized,
        functionAssociation: [{ eventType: 'viewer-request', functionArn: onePage.arn }],
      },
      orderedCacheBehavior: [
        {
          ...always,
          // Reject requests without TLS. A redirect would hide that the request has already exposed its token.
          viewerProtocolPolicy: 'https-only',
          pathPattern: '/api/*',
          targetOriginId: 'api',
          // The API compresses its responses, because CloudFront does not compress responses if caching is disabled.
          // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
          compress: false,
          allowedMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
          cachedMethods: ['GET', 'HEAD'],
          cachePolicyId: managed.cachingDisabled,
          originRequestPolicyId: managed.allViewerExceptHostHeader,
        },
      ],
      restrictions: { geoRestriction: { restrictionType: 'none', locations: [] } },
      ...(props.domain === null
        ? // CloudFront's own domain always accepts TLS 1.0 and newer.
          { viewerCertificate: { cloudfrontDefaultCertificate: true } }
        : {
            aliases: [props.domain.name],
            viewerCertificate: {
              acmCertificateArn: props.domain.certificateArn,
              minimumProtocolVersion: 'TLSv1.2_2021',
              sslSupportMethod: 'sni-only',
            },
          }),
    });
    bucket.permit({
      sid: 'CloudFrontReads',
      principals: { Service: ['cloudfront.amazonaws.com'] },
      actions: ['s3:GetObject'],
      resources: [`${bucket.arn}/*`],
      conditions: { StringEquals: { 'aws:SourceArn': distribution.arn } },
    });
    this.domain = props.domain?.name ?? distribution.domainName;
  }

  #headers(name: string, environment: Environment): CloudfrontResponseHeadersPolicy {
    const headers = Object.entries(
      securityHeaders({
        uploadsOrigin: `https://${namesOf(environment).uploadsBucket}.s3.${environment.region}.amazonaws.com`,
        authorityOrigins: signInOrigins(environment),
      }),
    );
    return new CloudfrontResponseHeadersPolicy(this, 'headers', {
      name,
      comment: 'Security headers of the console.',
      securityHeadersConfig: {
        ...Object.assign({}, ...headers.map(([header, value]) => securitySettings[header]?.(value))),
        strictTransportSecurity: {
          accessControlMaxAgeSec: TWO_YEARS,
          includeSubdomains: true,
          override: true,
        },
      },
      customHeadersConfig: {
        items: headers
          .filter(([header]) => securitySettings[header] === undefined)
          .map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }
}
