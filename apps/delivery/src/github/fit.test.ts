import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fit } from './fit.ts';

const LIMIT = 2000;

test('fit returns a short text unchanged, and cuts a long text to the limit', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.constantFrom('```diff', '```', '<details>', '</details>', '👍'.repeat(40)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
      const markdown = lines.join('\n');
      const fitted = fit(markdown, LIMIT);
      expect(fitted.length).toBeLessThanOrEqual(LIMIT);
      expect(fitted.isWellFormed()).toBe(true);
      if (markdown.length <= LIMIT) expect(fitted).toBe(markdown);
      else expect(fitted).toMatch(/Cut here/);
    }),
  );
});

test('fit closes a cut code block or details element before the note', () => {
  const fitted = fit(`<details><summary>dev</summary>\n\n\`\`\`diff\n${'+ a line\n'.repeat(400)}`, LIMIT);
  expect(fitted).toMatch(/\+ a line\n```\n\n<\/details>\n\n> \[!NOTE\]/);
});
