/** What the plan policy asks of the first deployment of each stack. */

/** `widens-iam aws_cloudformation_stack`: the rule and the type of each resource that needs an exemption, sorted. */
export function firstExemptions(stack: string): string[] {
  return exemptions[stack.slice(stack.lastIndexOf('-') + 1)] ?? [];
}

const exemptions: Readonly<Record<string, string[]>> = {
  // One route answers before anybody signs in; browsers upload into the bucket of another stack.
  console: ['widens-iam aws_apigatewayv2_route', 'widens-iam aws_s3_bucket_cors_configuration'],
  // The notification is on the bucket of another stack, which may have one.
  load: ['drops-protection aws_s3_bucket_notification'],
  // Templates create what they like.
  report: Array.from({ length: 3 }, () => 'widens-iam aws_cloudformation_stack'),
};
