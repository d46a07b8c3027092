/** Stores a value in Terraform's state, so that a change of the value can replace other resources. */
import { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * A `terraform_data` resource whose input is the value.
 *
 * CDKTF's own `DataResource` runs `terraform version` during the synthesis, which must work without Terraform. The commands that
 * run Terraform check its version.
 */
export class RecordedValue extends TerraformResource {
  readonly #input: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, input: Readonly<Record<string, string>>) {
    super(scope, id, {
      terraformResourceType: 'terraform_data',
      terraformGeneratorMetadata: { providerName: 'terraform' },
    });
    this.#input = input;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.#input };
  }
}
