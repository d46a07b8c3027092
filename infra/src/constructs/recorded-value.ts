/** A value in Terraform's state. Other resources can be replaced when it changes. */
import { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * `terraform_data` with an input.
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
