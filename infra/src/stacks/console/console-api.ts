/** The HTTP API between CloudFront and the functions. The API verifies tokens before it invokes a function. */
import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer/index.js';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import { LogGroup } from '../../constructs/log-group.ts';
import type { ConsoleProps, Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import type { ConsoleFunction } from './console-functions.ts';

export interface ConsoleApiProps {
  readonly environment: Environment;
  readonly props: ConsoleProps;
  readonly kmsKeyArn: string;
}

/** The function of each route, and whether the route is open to everybody. The most specific route applies. */
export const routes: readonly { readonly route: string; readonly to: ConsoleFunction; readonly open?: true }[] = [
  // Browsers request the sign-in settings before anybody has signed in.
  { route: 'GET /api/config', to: 'console', open: true },
  { route: 'ANY /api/{proxy+}', to: 'console' },
  { route: 'ANY /api/operations/{proxy+}', to: 'operations' },
];

/** The fields of the access log. It excludes query strings, which contain object keys and search words. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  person: '$context.authorizer.claims.sub',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  refused: '$context.authorizer.error',
  error: '$context.integrationErrorMessage',
} as const;

/** The longest time that an HTTP API waits for a function. */
const TIMEOUT_MS = 30_000;

export class ConsoleApi extends Construct {
  readonly id: string;
  /** The domain to which CloudFront sends requests. */
  readonly domain: string;
  readonly #executionArn: string;

  constructor(scope: Construct, id: string, { environment, props, kmsKeyArn }: ConsoleApiProps) {
    super(scope, id);
    const names = namesOf(environment);
    const api = new Apigatewayv2Api(this, 'api', {
      name: names.console,
      description: 'The API of the console, behind CloudFront.',
      protocolType: 'HTTP',
    });
    const log = new LogGroup(this, 'access-log', {
      environment,
      keyArn: kmsKeyArn,
      name: names.consoleAccessLogGroup,
    });
    new Apigatewayv2Stage(this, 'stage', {
      apiId: api.id,
      name: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.arn, format: JSON.stringify(accessLog) },
      defaultRouteSettings: {
        throttlingRateLimit: props.requestsPerSecond,
        throttlingBurstLimit: 2 * props.requestsPerSecond,
      },
    });
    this.id = api.id;
    this.domain = `${api.id}.execute-api.${environment.region}.amazonaws.com`;
    this.#executionArn = api.executionArn;
  }

  /**
   * Adds the routes.
   *
   * @param people the issuer and the client of accepted tokens
   */
  route(
    functions: Readonly<Record<ConsoleFunction, LambdaFunction>>,
    people: { readonly issuer: string; readonly clientId: string },
  ): void {
    const authorizer = new Apigatewayv2Authorizer(this, 'people', {
      apiId: this.id,
      name: 'people',
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: people.issuer, audience: [people.clientId] },
    });
    const integrations = Object.fromEntries(
      Object.entries(functions).map(([name, { invokeArn }]) => [name, this.#integrate(name, invokeArn)]),
    );
    for (const [name, { functionName }] of Object.entries(functions)) {
      new LambdaPermission(this, `${name}-permission`, {
        statementId: 'console-api',
        action: 'lambda:InvokeFunction',
        functionName,
        principal: 'apigateway.amazonaws.com',
        sourceArn: `${this.#executionArn}/*/*`,
      });
    }
    for (const { route, to, open } of routes) {
      new Apigatewayv2Route(this, route.replace(/\W+/g, '-'), {
        apiId: this.id,
        routeKey: route,
        target: `integrations/${integrations[to]}`,
        ...(open ? { authorizationType: 'NONE' } : { authorizationType: 'JWT', authorizerId: authorizer.id }),
      });
    }
  }

  #integrate(name: string, invokeArn: string): string {
    return new Apigatewayv2Integration(this, name, {
      apiId: this.id,
      integrationType: 'AWS_PROXY',
      integrationMethod: 'POST',
      integrationUri: invokeArn,
      payloadFormatVersion: '2.0',
      timeoutMilliseconds: TIMEOUT_MS,
    }).id;
  }
}
