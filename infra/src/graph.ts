/** The stacks and what they hand over, as a Mermaid diagram read off the synthesised JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Synthesised } from './terraform/index.ts';

/**
 * @param stacks in the order in which they are applied
 * @param synthesised the folder that synthesis wrote
 */
export function mermaidOf(stacks: readonly string[], synthesised: string): string {
  const read = new Map(stacks.map((stack) => [stack, readStack(synthesised, stack)]));
  const lines = ['flowchart LR'];
  for (const [stack, { resource = {} }] of read) {
    const count = Object.values(resource).reduce((sum, ofType) => sum + Object.keys(ofType).length, 0);
    lines.push(`  ${stack}["${stack}<br>${count} resources"]`);
  }
  for (const [taker, { variable = {} }] of read) {
    for (const [giver, { output = {} }] of read) {
      const taken = Object.keys(variable).filter((name) => name in output);
      if (giver !== taker && taken.length > 0) lines.push(`  ${giver} -- "${taken.join('<br>')}" --> ${taker}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function readStack(synthesised: string, stack: string): Synthesised {
  return JSON.parse(readFileSync(join(synthesised, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as Synthesised;
}
