/** A data set that CloudFormation creates, for options of QuickSight's API that provider 5.100 does not support. */
import { CloudformationStack } from '@cdktf/provider-aws/lib/cloudformation-stack/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

export interface CloudFormationDataSetProps {
  readonly description: string;
  readonly accountId: string;
  /** The id of the data set, which is also the name of the CloudFormation stack. */
  readonly dataSetId: string;
  /** The other parameters of `CreateDataSet`, with the API's names. */
  readonly dataSet: object;
  readonly dependsOn?: ITerraformDependable[];
}

const RESOURCE = 'DataSet';

export class CloudFormationDataSet extends CloudformationStack {
  constructor(
    scope: Construct,
    id: string,
    { description, accountId, dataSetId, dataSet, dependsOn = [] }: CloudFormationDataSetProps,
  ) {
    super(scope, id, {
      name: dataSetId,
      dependsOn,
      templateBody: JSON.stringify({
        Description: description,
        Resources: {
          [RESOURCE]: {
            Type: 'AWS::QuickSight::DataSet',
            Properties: { AwsAccountId: accountId, DataSetId: dataSetId, ...dataSet },
          },
        },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': [RESOURCE, 'Arn'] } } },
      }),
    });
  }

  /** Returns the ARN, which is known only after the data set exists. Resources that use the ARN therefore wait for the data set. */
  get dataSetArn(): string {
    return this.outputs.lookup('Arn');
  }
}
