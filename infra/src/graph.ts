/** The stacks and what they hand over, as a Mermaid diagram read off the synthesised JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Synthesised } from '@centflow/terraform';

/**
 * @param stacks in the order in which they are applied
 * @param synthesised the folder that synthesis wrote
 */
export function mermaidOf(stacks: readonly string[], synthesised: string): string {
  const read = new Map(stacks.map((stack) => [stack, readStack(synthesised, stack)]));
  const lines = ['flowchart LR'];
  for (const [stack, { resource = {} }] of read) {
    const count = Object.entries(resource).reduce((sum, [type, ofType]) => sum + countOf(type, ofType), 0);
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

/** Uploaded files do not count: how many the web has is the bundler's business, and may change with any build. */
function countOf(type: string, ofType: object): number {
  return type === 'aws_s3_object' ? 0 : Object.keys(ofType).length;
}

function readStack(synthesised: string, stack: string): Synthesised {
  return JSON.parse(readFileSync(join(synthesised, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as Synthesised;
}
