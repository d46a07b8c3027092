/** A data set that CloudFormation creates, for options of QuickSight's API that provider 5.100 does not support. */
import { CloudformationStack } from '@cdktf/provider-aws/lib/cloudformation-stack/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

export interface CloudFormationDataSetProps {
  readonly description: string;
  readonly accountId: string;
  /** Also the name of the stack. */
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

  /** Known only once the data set exists, so that resources that use it wait for it. */
  get dataSetArn(): string {
    return this.outputs.lookup('Arn');
  }
}
