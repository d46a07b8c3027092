/** A data set that CloudFormation makes: for what QuickSight's API takes and provider 5.100 cannot say. */
import { CloudformationStack } from '@cdktf/provider-aws/lib/cloudformation-stack/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';

export interface CloudFormationDataSetProps {
  readonly description: string;
  readonly accountId: string;
  /** The stack has the same name. */
  readonly dataSetId: string;
  /** The rest of what `CreateDataSet` takes, by the API's names. */
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

  /** Known once the data set is there: whoever uses it waits for it. */
  get dataSetArn(): string {
    return this.outputs.lookup('Arn');
  }
}
