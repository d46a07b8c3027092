import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Environment } from '@centflow/infra';

/** Returns the names of the environment's alarms that are currently raised. */
export async function raisedAlarms(
  cloudwatch: CloudWatchClient,
  { name }: Pick<Environment, 'name'>,
): Promise<string[]> {
  const raised: string[] = [];
  for (let NextToken: string | undefined; ; ) {
    const page = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${name}-`, StateValue: 'ALARM', NextToken }),
    );
    for (const { AlarmName } of page.MetricAlarms ?? []) if (AlarmName !== undefined) raised.push(AlarmName);
    NextToken = page.NextToken;
    if (NextToken === undefined) return raised.sort();
  }
}
