/** A value that Terraform keeps in the state, so that other resources are replaced when it changes. */
import { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * `terraform_data` with an input.
 *
 * The core's own `DataResource` runs `terraform version` while the stacks are synthesised. Synthesis must work without
 * Terraform; what runs the stacks checks its version itself.
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
