import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../src/environments.ts';
import { withPart } from '../src/generated-part.ts';
import { mermaidOf } from '../src/graph.ts';
import { bootstrapStackName } from '../src/stacks/bootstrap.ts';
import { stackName, stageNames } from '../src/stacks/centflow-stack.ts';
import { synthesise } from '../src/synthesise.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('infra/README.md contains the current graph of the stacks (otherwise run `npm run infra -- render`)', () => {
  const staging = readEnvironment('staging');
  synthesise([staging], folder);
  const stacks = [bootstrapStackName(staging), ...stageNames.map((stage) => stackName(staging, stage))];
  const page = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  expect(withPart(page, 'graph', `\`\`\`mermaid\n${mermaidOf(stacks, folder)}\`\`\``)).toBe(page);
});
