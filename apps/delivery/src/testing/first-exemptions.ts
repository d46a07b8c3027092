/** The exemptions that the plan policy requires for the first deployment of each stack. */

/** Returns the rule and the type of each resource that needs an exemption, sorted: `widens-iam aws_cloudformation_stack`. */
export function firstExemptions(stack: string): string[] {
  return exemptions[stack.slice(stack.lastIndexOf('-') + 1)] ?? [];
}

const exemptions: Readonly<Record<string, string[]>> = {
  // One route needs no sign-in. The CORS rules are for a bucket in another stack, which may already have CORS rules.
  console: ['widens-iam aws_apigatewayv2_route', 'widens-iam aws_s3_bucket_cors_configuration'],
  // The notification is for a bucket in another stack, which may already have a notification.
  load: ['drops-protection aws_s3_bucket_notification'],
  // A CloudFormation template can create any resource.
  report: Array.from({ length: 3 }, () => 'widens-iam aws_cloudformation_stack'),
};
