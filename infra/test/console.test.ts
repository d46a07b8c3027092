/** Rules for the console: sign-in, open routes, and the rights of its functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { KEY_BYTES } from '@centflow/console/contract/words';
import { securityHeaders } from '@centflow/console/security-headers';
import { App, TerraformStack } from 'cdktf';
import { describe, expect, test } from 'vitest';
import { readArtifacts } from '../src/artifacts.ts';
import { type Environment, EnvironmentError } from '../src/environment.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import { decide } from '../src/iam/evaluate.ts';
import { matches } from '../src/iam/statement.ts';
import { namesOf } from '../src/names.ts';
import { ONE_PAGE } from '../src/stacks/console/distribution.ts';
import { countedOnly } from '../src/stacks/console/firewall.ts';
import { WebFiles } from '../src/stacks/console/web-files.ts';
import { ConsoleStack } from '../src/stacks/console.ts';
import { policiesOfRole, policyOfEndpoint, roleArn } from '../src/testing/iam-of.ts';
import { mayEver, statementsOf } from '../src/testing/policies.ts';
import { type Attributes, ofType, one, type Stack, stackNamed, synthesised } from '../src/testing/synthesised.ts';

const environments = readEnvironments();
const stacks = synthesised(environments);
const dev = readEnvironment('dev');
const reference = (to: string) => `\${${to}}`;

const consoles = environments.map((environment) => {
  const { console: props } = environment;
  if (props === null) throw new Error(`${environment.name} has no console`);
  return { environment, props, names: namesOf(environment), stack: stackNamed(stacks, `${environment.name}-console`) };
});

/** Returns the console stack of dev with changed properties. */
function devWith(changes: Partial<NonNullable<Environment['console']>>): Stack {
  if (dev.console === null) throw new Error('dev has no console');
  return stackNamed(synthesised([{ ...dev, console: { ...dev.console, ...changes } }]), 'dev-console');
}

const domain = {
  name: 'console.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000',
};
const apiFolder = resolve(import.meta.dirname, '../../apps/console/api');

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const requiredBy: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUploadCommand: ['s3:AbortMultipartUpload'],
  CompleteMultipartUploadCommand: ['s3:PutObject'],
  CopyObjectCommand: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
  CreateMultipartUploadCommand: ['s3:PutObject'],
  DeleteObjectCommand: ['s3:DeleteObject'],
  GetObjectCommand: ['s3:GetObject', 's3:GetObjectVersion'],
  ListObjectVersionsCommand: ['s3:ListBucketVersions'],
  ListObjectsV2Command: ['s3:ListBucket'],
  ListPartsCommand: ['s3:ListMultipartUploadParts'],
  PutObjectCommand: ['s3:PutObject'],
  UploadPartCommand: ['s3:PutObject'],
};

const functionOf = (stack: Stack, name: string) =>
  one(stack, 'aws_lambda_function', { function_name: name }).attributes;
const variablesOf = (attributes: Attributes) =>
  (attributes.environment as { variables: Record<string, string> }).variables;

describe('the console’s pages', () => {
  const objects = (stack: Stack) =>
    ofType([stack], 'aws_s3_object').filter(({ attributes }) => !String(attributes.key).startsWith('console-'));

  test('the bucket receives every built file with its content type', () => {
    for (const { stack } of consoles) {
      const files = objects(stack).map(({ attributes }) => attributes.key);
      expect(files.sort()).toEqual(
        readArtifacts()
          .web.map(({ key }) => key)
          .sort(),
      );
      const page = one(stack, 'aws_s3_object', { key: 'index.html' });
      expect(page.attributes).toMatchObject({ content_type: 'text/html; charset=utf-8', cache_control: 'no-cache' });
      for (const { address, attributes } of objects(stack)) {
        if (String(attributes.key).endsWith('.js')) {
          expect(attributes.content_type, address).toBe('text/javascript; charset=utf-8');
        }
      }
    }
  });

  test('browsers cache files with a hash in the name for ever, and revalidate other files', () => {
    for (const { address, attributes } of consoles.flatMap(({ stack }) => objects(stack))) {
      const isNamedByContent = String(attributes.key).startsWith('assets/');
      expect(attributes.cache_control, address).toBe(
        isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    }
  });

  test('new files are uploaded before index.html, and old files are deleted after index.html has changed', () => {
    for (const { stack } of consoles) {
      const page = one(stack, 'aws_s3_object', { key: 'index.html' });
      const others = objects(stack).filter((object) => object.id !== page.id);
      expect(page.attributes.depends_on).toEqual(expect.arrayContaining(others.map(({ id }) => `aws_s3_object.${id}`)));
      for (const { address, attributes } of others) {
        expect(attributes.lifecycle, address).toEqual({ create_before_destroy: true });
      }
    }
  });

  test('synthesis fails if a page has an unknown extension, or if index.html is missing', () => {
    const [file] = readArtifacts().web;
    if (file === undefined) throw new Error('no file of the web was built');
    const make = (key: string) => {
      const stack = new TerraformStack(new App({ outdir: tmpdir() }), 'test');
      return () => new WebFiles(stack, 'pages', { bucket: 'pages', files: [{ ...file, key }] });
    };
    expect(make('about.html')).toThrow('has no index.html');
    const stack = new TerraformStack(new App({ outdir: tmpdir() }), 'test');
    const files = [
      { ...file, key: 'index.html' },
      { ...file, key: 'money.xls' },
    ];
    expect(() => new WebFiles(stack, 'pages', { bucket: 'pages', files })).toThrow(
      'money.xls of the console has no content type',
    );
  });

  test('only this CloudFront distribution can read the pages', () => {
    for (const { stack, names } of consoles) {
      const allowing = statementsOf([stack]).filter(
        ({ resource, effect }) => resource.type === 'aws_s3_bucket_policy' && effect === 'Allow',
      );
      const { id } = one(stack, 'aws_cloudfront_distribution');
      expect(allowing).toEqual([
        expect.objectContaining({
          actions: ['s3:GetObject'],
          conditions: { StringEquals: { 'aws:SourceArn': reference(`aws_cloudfront_distribution.${id}.arn`) } },
        }),
      ]);
      expect(one(stack, 'aws_s3_bucket').attributes.bucket).toBe(names.consoleBucket);
    }
  });
});

describe('the CloudFront distribution', () => {
  const blockOf = (attributes: Attributes, name: string) => attributes[name] as Attributes;

  test('supports HTTP/2 and HTTP/3, uses the web ACL, and connects to the API with TLS 1.2', () => {
    for (const { stack } of consoles) {
      const { attributes } = one(stack, 'aws_cloudfront_distribution');
      const { id } = one(stack, 'aws_wafv2_web_acl');
      expect(attributes).toMatchObject({
        http_version: 'http2and3',
        web_acl_id: reference(`aws_wafv2_web_acl.${id}.arn`),
      });
      const [pages, api] = attributes.origin as [Attributes, Attributes];
      expect(pages.origin_access_control_id).toBe(
        reference(`aws_cloudfront_origin_access_control.${one(stack, 'aws_cloudfront_origin_access_control').id}.id`),
      );
      expect(api.custom_origin_config).toMatchObject({
        origin_protocol_policy: 'https-only',
        origin_ssl_protocols: ['TLSv1.2'],
      });
    }
  });

  test('caches no response of the API, and forwards the whole request with its token', () => {
    for (const { stack } of consoles) {
      const { attributes } = one(stack, 'aws_cloudfront_distribution');
      const [api, ...others] = attributes.ordered_cache_behavior as Attributes[];
      expect(others).toEqual([]);
      expect(api).toMatchObject({
        path_pattern: '/api/*',
        target_origin_id: 'api',
        viewer_protocol_policy: 'https-only',
        // Managed-CachingDisabled and Managed-AllViewerExceptHostHeader.
        cache_policy_id: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        compress: false,
        origin_request_policy_id: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      });
      expect(api?.function_association).toBeUndefined();
    }
  });

  test('returns index.html for every address except files, and does not change the API’s errors', () => {
    const rewritten = (uri: string) =>
      (runInNewContext(`${ONE_PAGE}; handler({ request: { uri: ${JSON.stringify(uri)} } })`) as { uri: string }).uri;
    for (const uri of ['/', '/uploads', '/uploads/17', '/dashboards/cash-flow/', '/a.b/c']) {
      expect(rewritten(uri)).toBe('/index.html');
    }
    for (const uri of ['/assets/index-Bx3k.js', '/favicon.svg', '/index.html']) expect(rewritten(uri)).toBe(uri);
    for (const { stack } of consoles) {
      const { attributes } = one(stack, 'aws_cloudfront_distribution');
      expect(attributes.custom_error_response).toBeUndefined();
      expect(blockOf(attributes, 'default_cache_behavior').function_association).toHaveLength(1);
    }
  });

  test('sends security headers that allow only the named scripts and addresses', () => {
    for (const { stack, environment, names } of consoles) {
      const { attributes, id } = one(stack, 'aws_cloudfront_response_headers_policy');
      const { region } = environment;
      const expected = securityHeaders({
        uploadsOrigin: `https://${names.uploadsBucket}.s3.${region}.amazonaws.com`,
        authorityOrigins: [
          `https://cognito-idp.${region}.amazonaws.com`,
          `https://${names.signInDomain}.auth.${region}.amazoncognito.com`,
        ],
      });
      const settings = attributes.security_headers_config as Record<string, Record<string, unknown>>;
      const custom = attributes.custom_headers_config as {
        items: { header: string; value: string; override: boolean }[];
      };
      const sent = {
        'content-security-policy': settings.content_security_policy?.content_security_policy,
        'x-content-type-options': settings.content_type_options && 'nosniff',
        'x-frame-options': settings.frame_options?.frame_option,
        'referrer-policy': settings.referrer_policy?.referrer_policy,
        ...Object.fromEntries(custom.items.map(({ header, value }) => [header, value])),
      };
      // The headers must equal the headers of the local server.
      expect(sent).toEqual(expected);
      expect(sent).toMatchObject({ 'cross-origin-opener-policy': 'same-origin' });
      for (const { override } of [...Object.values(settings), ...custom.items]) expect(override).toBe(true);
      expect(settings.strict_transport_security).toMatchObject({
        access_control_max_age_sec: 63_072_000,
        include_subdomains: true,
      });
      expect(expected['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
      const distribution = one(stack, 'aws_cloudfront_distribution').attributes;
      const behaviours = [
        blockOf(distribution, 'default_cache_behavior'),
        ...(distribution.ordered_cache_behavior as Attributes[]),
      ];
      for (const behaviour of behaviours) {
        expect(behaviour.response_headers_policy_id).toBe(reference(`aws_cloudfront_response_headers_policy.${id}.id`));
      }
    }
  });

  test('requires TLS 1.2 on a custom domain, and sign-in redirects to this domain', () => {
    const stack = devWith({ domain });
    expect(one(stack, 'aws_cloudfront_distribution').attributes).toMatchObject({
      aliases: ['console.example.com'],
      viewer_certificate: {
        acm_certificate_arn: domain.certificateArn,
        minimum_protocol_version: 'TLSv1.2_2021',
        ssl_support_method: 'sni-only',
      },
    });
    expect(one(stack, 'aws_cognito_user_pool_client').attributes.callback_urls).toEqual([
      'https://console.example.com/sign-in/return',
    ]);
    const [rule] = one(stack, 'aws_s3_bucket_cors_configuration').attributes.cors_rule as [Attributes];
    expect(rule.allowed_origins).toEqual(['https://console.example.com']);
  });
});

describe('the web ACL', () => {
  const rulesOf = (stack: Stack) => one(stack, 'aws_wafv2_web_acl').attributes.rule as Record<string, Attributes>[];

  test('answers with 429 if an address sends too many requests', () => {
    for (const { stack, props } of consoles) {
      expect(rulesOf(stack)[0]).toMatchObject({
        priority: 0,
        action: { block: { custom_response: { response_code: 429 } } },
        statement: {
          rate_based_statement: {
            limit: props.requestsPerAddress,
            aggregate_key_type: 'IP',
            evaluation_window_sec: 300,
          },
        },
      });
    }
  });

  test('blocks requests by AWS’s common rules, except the rules that ordinary text would match', () => {
    for (const { stack } of consoles) {
      const group = rulesOf(stack)[1]?.statement?.managed_rule_group_statement as Attributes | undefined;
      expect(group?.name).toBe('AWSManagedRulesCommonRuleSet');
      const overridden = group?.rule_action_override as { name: string; action_to_use: Attributes }[];
      const names = overridden.map(({ name }) => name);
      // Queries contain search words and file names; bodies contain descriptions.
      const inspecting = ['CrossSiteScripting', 'EC2MetaDataSSRF', 'GenericLFI', 'GenericRFI'];
      expect([...names].sort()).toEqual(
        [
          ...inspecting.flatMap((rule) => [`${rule}_BODY`, `${rule}_QUERYARGUMENTS`]),
          ...['RestrictedExtensions_QUERYARGUMENTS', 'SizeRestrictions_BODY', 'SizeRestrictions_QUERYSTRING'],
        ].sort(),
      );
      expect(overridden.map(({ action_to_use }) => Object.keys(action_to_use))).toEqual(
        overridden.map(() => ['count']),
      );
    }
  });

  test('only counts long query strings, because the API’s contract allows longer ones than WAF', () => {
    const longest = new URLSearchParams({ objectKey: 'ж'.repeat(KEY_BYTES / 2) }).toString();
    expect(longest.length).toBeGreaterThan(2048);
    expect(countedOnly).toContain('SizeRestrictions_QUERYSTRING');
  });

  test('is in us-east-1, in the same account as the stack and with the same tags', () => {
    for (const { stack, environment } of consoles) {
      const { provider } = JSON.parse(stack.text) as { provider: { aws: Attributes[] } };
      expect(provider.aws.map(({ alias, region }) => [alias, region])).toEqual([
        [undefined, environment.region],
        ['us-east-1', 'us-east-1'],
      ]);
      for (const { allowed_account_ids, default_tags } of provider.aws) {
        expect(allowed_account_ids).toEqual([environment.accountId]);
        expect(default_tags).toEqual(provider.aws[0]?.default_tags);
      }
      const inOtherRegion = stack.resources.filter(({ attributes }) => attributes.provider !== undefined);
      expect(inOtherRegion.map(({ type }) => type)).toEqual(['aws_wafv2_web_acl']);
    }
  });
});

describe('the console’s API', () => {
  test('requires a token of the user pool, except for the sign-in settings', () => {
    for (const { stack } of consoles) {
      const authorizer = one(stack, 'aws_apigatewayv2_authorizer');
      const { id: pool } = one(stack, 'aws_cognito_user_pool');
      const { id: client } = one(stack, 'aws_cognito_user_pool_client');
      expect(authorizer.attributes).toMatchObject({
        authorizer_type: 'JWT',
        identity_sources: ['$request.header.Authorization'],
        jwt_configuration: {
          audience: [reference(`aws_cognito_user_pool_client.${client}.id`)],
          issuer: `https://${reference(`aws_cognito_user_pool.${pool}.endpoint`)}`,
        },
      });
      const routes = ofType([stack], 'aws_apigatewayv2_route').map(({ attributes }) => attributes);
      expect(
        Object.fromEntries(routes.map(({ route_key, authorization_type }) => [route_key, authorization_type])),
      ).toEqual({
        'GET /api/config': 'NONE',
        'ANY /api/{proxy+}': 'JWT',
        'ANY /api/operations/{proxy+}': 'JWT',
      });
      for (const { authorization_type, authorizer_id } of routes) {
        if (authorization_type === 'JWT') {
          expect(authorizer_id).toBe(reference(`aws_apigatewayv2_authorizer.${authorizer.id}.id`));
        }
      }
    }
  });

  test('has the environment’s rate limits, and logs no query strings', () => {
    for (const { stack, props, names } of consoles) {
      const { attributes } = one(stack, 'aws_apigatewayv2_stage');
      expect(attributes.default_route_settings).toEqual({
        throttling_rate_limit: props.requestsPerSecond,
        throttling_burst_limit: 2 * props.requestsPerSecond,
      });
      const { format, destination_arn } = attributes.access_log_settings as { format: string; destination_arn: string };
      const fields = Object.values(JSON.parse(format) as Record<string, string>);
      expect(fields).toContain('$context.status');
      expect(fields.filter((part) => /query|header|authorizer\.claims\.(?!sub)/i.test(part))).toEqual([]);
      const log = one(stack, 'aws_cloudwatch_log_group', { name: names.consoleAccessLogGroup });
      expect(destination_arn).toBe(reference(`aws_cloudwatch_log_group.${log.id}.arn`));
    }
  });

  test('is the only API that may invoke the two console functions', () => {
    for (const { stack } of consoles) {
      const permissions = ofType([stack], 'aws_lambda_permission');
      expect(permissions).toHaveLength(2);
      const { id } = one(stack, 'aws_apigatewayv2_api');
      for (const { attributes } of permissions) {
        expect(attributes).toMatchObject({
          principal: 'apigateway.amazonaws.com',
          source_arn: `${reference(`aws_apigatewayv2_api.${id}.execution_arn`)}/*/*`,
        });
      }
    }
  });
});

describe('the console’s functions', () => {
  /** Returns the rights of a function, except those for its log, its variables and its network. */
  const rightsOf = (stack: Stack, purpose: string) => {
    const { id } = one(stack, 'aws_iam_role', { name: `centflow-${stack.name.split('-')[0]}-${purpose}` });
    return statementsOf([stack]).filter(
      ({ resource }) =>
        resource.type === 'aws_iam_role_policy' && resource.attributes.role === reference(`aws_iam_role.${id}.name`),
    );
  };
  const servicesOf = (stack: Stack, purpose: string) => [
    ...new Set(
      rightsOf(stack, purpose)
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions }) => actions.map((action) => action.split(':')[0])),
    ),
  ];

  test('both functions use one bundle, with separate rights', () => {
    for (const { stack, names } of consoles) {
      const [owners, operations] = [names.console, names.operations].map((name) => functionOf(stack, name));
      expect(owners?.s3_key).toBe(operations?.s3_key);
      expect(owners?.vpc_config).toMatchObject({ security_group_ids: [reference('var.reader_security_group_id')] });
      expect(operations?.vpc_config).toBeUndefined();
      expect(servicesOf(stack, 'console').sort()).toEqual(['ec2', 'kms', 'logs', 's3', 'secretsmanager']);
      expect(servicesOf(stack, 'operations').sort()).toEqual(['cloudwatch', 'glue', 'kms', 'logs', 'sqs']);
    }
  });

  test('each function receives all resource names as variables, but no secret values', () => {
    for (const { stack, names, environment } of consoles) {
      const shared = ['CONSOLE_ORIGIN', 'ENVIRONMENT', 'FUNCTION', 'SIGN_IN'];
      const variables = variablesOf(functionOf(stack, names.console));
      expect(Object.keys(variables).sort()).toEqual(
        [
          ...shared,
          ...[
            'DATABASE_CA',
            'DATABASE_HOST',
            'DATABASE_NAME',
            'DATABASE_PORT',
            'DATABASE_SECRET_ARN',
            'UPLOADS_BUCKET',
          ],
        ].sort(),
      );
      expect(variables.DATABASE_SECRET_ARN).toBe(reference('var.reporter_secret_arn'));
      expect(JSON.parse(variables.SIGN_IN ?? '')).toMatchObject({ kind: 'oidc' });
      const operations = variablesOf(functionOf(stack, names.operations));
      expect(Object.keys(operations).sort()).toEqual(
        [...shared, 'ALARM_PREFIX', 'DEAD_LETTER_QUEUE_URL', 'GLUE_JOB_NAME', 'QUEUE_URL'].sort(),
      );
      expect(operations).toMatchObject({ FUNCTION: 'operations', ALARM_PREFIX: `${environment.name}-` });
    }
  });

  test('`console` can reach only owners’ objects, and cannot delete versions permanently', () => {
    for (const { stack, names } of consoles) {
      const rights = rightsOf(stack, 'console');
      const uploads = `arn:aws:s3:::${names.uploadsBucket}`;
      const may = (action: string, key: string) => mayEver(rights, action, `${uploads}/${key}`);
      for (const key of ['raw/expenses/owner=ann/a.csv', 'templates/owner=ann/bank.json']) {
        for (const action of ['s3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject']) {
          expect(may(action, key), `${action} ${key}`).toBe(true);
        }
        expect(may('s3:DeleteObjectVersion', key), key).toBe(false);
      }
      for (const key of ['raw/expenses/a.csv', 'manifests/m.json', 'templates/bank.json']) {
        for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) expect(may(action, key)).toBe(false);
      }
      const onObjects = rights.filter(({ actions }) => actions.some((action) => action.startsWith('s3:')));
      for (const { conditions, where } of onObjects) {
        expect(conditions, where).toMatchObject({ Bool: { 'aws:SecureTransport': 'true' } });
      }
      const listing = onObjects.filter(({ actions }) => actions.some((action) => action.startsWith('s3:ListBucket')));
      const prefixes = listing.flatMap(({ conditions }) => conditions.StringLike?.['s3:prefix'] as string[]);
      expect(prefixes.some((prefix) => matches(prefix, 'raw/expenses/owner=ann/'))).toBe(true);
      for (const all of ['', 'raw/', 'raw/expenses/', 'templates/', 'manifests/']) {
        expect(
          prefixes.some((prefix) => matches(prefix, all)),
          all,
        ).toBe(false);
      }
    }
  });

  test('the VPC endpoint accepts each S3 request in the code of `console`', () => {
    const sent = readdirSync(apiFolder)
      .filter((file) => /(?<!\.test)\.ts$/.test(file))
      .flatMap((file) => {
        const names = readFileSync(join(apiFolder, file), 'utf8').match(/\bnew \w+Command(?=\()/g) ?? [];
        return [...new Set(names)].map((name) => ({ file, command: name.slice('new '.length) }));
      });
    expect(sent.map(({ command }) => command)).toContain('ListObjectsV2Command');
    for (const { names, environment } of consoles) {
      const policies = {
        ...policiesOfRole(stacks, environment, 'console'),
        endpoint: policyOfEndpoint(stacks, environment, 's3'),
      };
      for (const { file, command } of sent) {
        const actions = requiredBy[command];
        if (actions === undefined) throw new Error(`Add what S3 requires for ${command} (${file}) to requiredBy.`);
        const folder = file === 'templates.ts' ? 'templates/owner=ann/' : 'raw/expenses/owner=ann/';
        for (const action of actions) {
          const lists = action.startsWith('s3:ListBucket');
          const bucket = `arn:aws:s3:::${names.uploadsBucket}`;
          const call = {
            action,
            resource: lists ? bucket : `${bucket}/${folder}a.csv`,
            context: lists ? { 's3:prefix': folder } : {},
          };
          const decision = decide(call, { role: roleArn(environment, 'console') }, policies);
          expect(decision, `${environment.name}: ${action} for ${command} of ${file}`).toMatchObject({ allowed: true });
        }
      }
    }
  });

  test('audit logs are kept for auditRetentionDays, and other logs for logRetentionDays', () => {
    for (const { stack, names, props, environment } of consoles) {
      const kept = (name: string) => one(stack, 'aws_cloudwatch_log_group', { name }).attributes.retention_in_days;
      for (const name of [names.console, names.operations]) {
        expect(kept(`/aws/lambda/${name}`)).toBe(props.auditRetentionDays);
      }
      expect(kept(names.consoleAccessLogGroup)).toBe(environment.logRetentionDays);
    }
  });
});

describe('the user pool', () => {
  test('allows only invited people, unless signUp is open', () => {
    const invitedOnly = (stack: Stack) =>
      one(stack, 'aws_cognito_user_pool').attributes.admin_create_user_config as Attributes;
    for (const { stack } of consoles) expect(invitedOnly(stack)).toEqual({ allow_admin_create_user_only: true });
    expect(invitedOnly(devWith({ signUp: 'open' }))).toEqual({ allow_admin_create_user_only: false });
  });

  test('requires long passwords, and also a second factor if protectData is true', () => {
    expect(consoles.filter(({ environment }) => environment.protectData)).not.toEqual([]);
    for (const { stack, environment } of consoles) {
      const { attributes } = one(stack, 'aws_cognito_user_pool');
      expect(attributes.password_policy).toMatchObject({ minimum_length: 14 });
      // Never OPTIONAL, because then nobody could set up a second factor.
      const { mfa_configuration: factor, software_token_mfa_configuration: byApp } = attributes;
      expect([factor, byApp]).toEqual(environment.protectData ? ['ON', { enabled: true }] : ['OFF', undefined]);
    }
  });

  test('redirects to the console’s start page or sign-in page after a sign-out', () => {
    const { logout_urls } = one(devWith({ domain }), 'aws_cognito_user_pool_client').attributes;
    expect(logout_urls).toEqual(['https://console.example.com/', 'https://console.example.com/sign-in/again']);
    const pages = readFileSync(join(apiFolder, '../web/src/session/oidc.ts'), 'utf8');
    expect(pages).toContain("= '/sign-in/again'");
  });

  test('does not let people choose their owner', () => {
    for (const { stack } of consoles) {
      const clients = ofType([stack], 'aws_cognito_user_pool_client');
      expect(clients).toHaveLength(1);
      for (const { attributes } of clients) {
        expect(attributes.write_attributes).toEqual(['email', 'name']);
        expect(attributes.read_attributes).toContain('custom:owner');
      }
    }
  });

  test('uses the authorization code flow with PKCE, and issues tokens for 15 minutes', () => {
    for (const { stack } of consoles) {
      const { id } = one(stack, 'aws_cloudfront_distribution');
      const origin = `https://${reference(`aws_cloudfront_distribution.${id}.domain_name`)}`;
      expect(one(stack, 'aws_cognito_user_pool_client').attributes).toMatchObject({
        generate_secret: false,
        allowed_oauth_flows: ['code'],
        callback_urls: [`${origin}/sign-in/return`],
        refresh_token_rotation: [{ feature: 'ENABLED' }],
        id_token_validity: 15,
        token_validity_units: [{ id_token: 'minutes' }],
        prevent_user_existence_errors: 'ENABLED',
      });
    }
  });

  test('is protected from deletion if protectData is true', () => {
    for (const { stack, environment } of consoles) {
      const { deletion_protection, lifecycle } = one(stack, 'aws_cognito_user_pool').attributes;
      expect(deletion_protection).toBe(environment.protectData ? 'ACTIVE' : 'INACTIVE');
      expect(lifecycle).toEqual({ prevent_destroy: environment.protectData });
    }
  });
});

test('the uploads bucket accepts browser requests only from the console’s origin', () => {
  expect(ofType(stacks, 'aws_s3_bucket_cors_configuration')).toHaveLength(environments.length);
  for (const { stack, names } of consoles) {
    const { attributes } = one(stack, 'aws_s3_bucket_cors_configuration');
    const { id } = one(stack, 'aws_cloudfront_distribution');
    expect(attributes.bucket).toBe(names.uploadsBucket);
    expect(attributes.cors_rule).toEqual([
      expect.objectContaining({
        allowed_origins: [`https://${reference(`aws_cloudfront_distribution.${id}.domain_name`)}`],
        allowed_methods: ['PUT', 'GET', 'HEAD'],
        expose_headers: ['ETag', 'x-amz-version-id'],
      }),
    ]);
  }
});

describe('an environment without a console', () => {
  const without = synthesised([{ ...dev, console: null }]);

  test('contains no console stack, no right to write uploads from inside the network, and no console alarms', () => {
    expect(without.map(({ name }) => name)).not.toContain('dev-console');
    const inside = statementsOf([stackNamed(without, 'dev-store')]).filter(
      ({ resource }) => resource.type === 'aws_vpc_endpoint',
    );
    expect(inside.flatMap(({ actions }) => actions)).not.toContain('s3:PutObject');
    const watch = stackNamed(without, 'dev-watch');
    expect(watch.variables).not.toContain('console_api_id');
    const alarms = ofType([watch], 'aws_cloudwatch_metric_alarm').map(({ attributes }) =>
      String(attributes.alarm_name),
    );
    expect(alarms.filter((name) => name.startsWith('dev-console-'))).toEqual([]);
  });

  test('rejects the creation of a console stack', () => {
    const app = new App({ outdir: tmpdir() });
    expect(() => new ConsoleStack(app, { ...dev, console: null })).toThrow(EnvironmentError);
  });
});
