import { describe, expect, test } from 'vitest';
import { proposedIn } from './changes.ts';

describe('proposedIn', () => {
  test('returns the exemptions in the JSON block of a report', () => {
    const report =
      '## dev\n<details><summary>Intended? Add this to <code>infra/exemptions.json</code>, with reasons</summary>\n\n```json\n{"pullRequest":1,"stack":"dev-store","rule":"destroys-data","address":"a"},\n{"pullRequest":1,"stack":"dev-store","rule":"destroys-data","address":"b"}\n```\n';
    expect(proposedIn(report).map(({ address }) => address)).toEqual(['a', 'b']);
  });

  test('returns an empty list if the report proposes no exemptions', () => {
    expect(proposedIn('## dev\n\n**nothing to do** in 3 stacks.')).toEqual([]);
  });
});
