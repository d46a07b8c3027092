import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BENCH_README, ROOT_README, readResults } from './files.ts';
import { renderForTerminal, renderInto, renderReadme } from './render.ts';
import { results } from './results.ts';

describe('tools/bench/results.json', () => {
  test('contains every figure that the benchmark measures', () => {
    expect(results.safeParse(readResults()).error).toBeUndefined();
  });

  test('matches tools/bench/README.md (`npm run bench -- --render` updates it)', () => {
    expect(readFileSync(BENCH_README, 'utf8')).toBe(renderReadme(readResults()));
  });

  test('matches the table in README.md (`npm run bench -- --render` updates it)', () => {
    const readme = existsSync(ROOT_README) ? readFileSync(ROOT_README, 'utf8') : '';
    expect(renderInto(readme, readResults())).toBe(readme);
  });

  test('renders without an error for a terminal', () => {
    expect(renderForTerminal(readResults())).toContain('Figures and targets');
  });
});

test('renderInto replaces the figures between the markers, and keeps the rest of the README', () => {
  const begin = '<!-- bench: generated from tools/bench/results.json by `npm run bench -- --render` -->';
  const readme = `# Centflow\n\n${begin}\nold\n<!-- /bench -->\n\nThe end.\n`;
  const once = renderInto(readme, readResults());
  expect(once).toMatch(/\| figure +\| measured +\| target +\| reached \|/);
  expect(once).not.toContain('old');
  expect(once.endsWith('<!-- /bench -->\n\nThe end.\n')).toBe(true);
  expect(renderInto(once, readResults())).toBe(once);
});

test('renderInto returns a README without markers unchanged', () => {
  expect(renderInto('# Centflow\n', readResults())).toBe('# Centflow\n');
});
