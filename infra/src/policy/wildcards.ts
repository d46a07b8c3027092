/**
 * The actions that may stand beside the resource `*`, each with the reason. Nothing else may: policyDocument() refuses, and
 * a test reads the synthesised policies.
 *
 * Which resources an action knows is said in AWS's Service Authorization Reference.
 */
export const wildcards: Readonly<Record<string, string>> = {
  'ec2:DescribeNetworkInterfaces': 'EC2 knows no resource for its Describe actions.',
};
