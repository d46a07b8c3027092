/** Draws a Mermaid diagram of the stacks and of the outputs that they hand over, from the synthesised JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Synthesised } from '@centflow/terraform';

/**
 * Returns the Mermaid diagram.
 *
 * @param stacks the names of the stacks, in the order in which they are applied
 * @param synthesised the output folder of the synthesis
 */
export function mermaidOf(stacks: readonly string[], synthesised: string): string {
  const read = new Map(stacks.map((stack) => [stack, readStack(synthesised, stack)]));
  const lines = ['flowchart LR'];
  for (const stack of stacks) lines.push(`  ${stack}`);
  for (const [later, { variable = {} }] of read) {
    for (const [earlier, { output = {} }] of read) {
      const shared = Object.keys(variable).filter((name) => name in output);
      if (earlier !== later && shared.length > 0) lines.push(`  ${earlier} -- "${shared.join('<br>')}" --> ${later}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function readStack(synthesised: string, stack: string): Synthesised {
  return JSON.parse(readFileSync(join(synthesised, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as Synthesised;
}
