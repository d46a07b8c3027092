/**
 * Converts the JSON of QuickSight's API into blocks of Terraform's provider. The blocks have snake_case names, each
 * block is in a list, and a few names differ.
 *
 * CDKTF has no types for these blocks. The types of the AWS SDK check the JSON. Terraform rejects unknown block names:
 * test/plans.test.ts plans every stack with the real provider.
 */

/** The members of the API that have another name in the provider. Keys are `<member>` or `<outer member>.<member>`. */
const renamed: Readonly<Record<string, string>> = {
  DataSetIdentifierDeclarations: 'data_set_identifiers_declarations',
  'FormatConfiguration.FormatConfiguration': 'numeric_format_configuration',
  'NumberFormatConfiguration.FormatConfiguration': 'numeric_format_configuration',
  ValueWhenUnset: 'values_when_unset',
};

/** Whole numbers that the provider stores as strings, to distinguish 0 from a missing value. */
const numbersAsText = ['ColumnIndex', 'RowIndex'];

/** Converts `KPIVisual` to `kpi_visual`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Converts a structure of the API to a block of the provider. Omits undefined values. Also omits empty lists, because
 * the provider never reads an empty list back from AWS.
 *
 * @param outer the member of the API that holds the structure
 */
export function toBlock(structure: object, outer = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(structure)
      .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]: [string, unknown]) => [
        renamed[`${outer}.${name}`] ?? renamed[name] ?? snakeCase(name),
        toValue(value, name),
      ]),
  );
}

function toValue(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => (isStructure(item) ? toBlock(item, name) : item));
  if (isStructure(value)) return [toBlock(value, name)];
  return numbersAsText.includes(name) ? String(value) : value;
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
