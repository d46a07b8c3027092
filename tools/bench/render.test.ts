import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BENCH_README, ROOT_README, readResults } from './files.ts';
import { renderForTerminal, renderInto, renderReadme } from './render.ts';
import { results } from './results.ts';

describe('tools/bench/results.json', () => {
  test('has every figure that the benchmark measures', () => {
    expect(results.safeParse(readResults()).error).toBeUndefined();
  });

  test('is what tools/bench/README.md shows (`npm run bench -- --render` writes it anew)', () => {
    expect(readFileSync(BENCH_README, 'utf8')).toBe(renderReadme(readResults()));
  });

  test('is what the README shows (`npm run bench -- --render` writes it anew)', () => {
    const readme = existsSync(ROOT_README) ? readFileSync(ROOT_README, 'utf8') : '';
    expect(renderInto(readme, readResults())).toBe(readme);
  });

  test('can be shown in a terminal', () => {
    expect(renderForTerminal(readResults())).toContain('Figures and targets');
  });
});

test('a README gets the figures between its markers, and keeps everything else', () => {
  const begin = '<!-- bench: generated from tools/bench/results.json by `npm run bench -- --render` -->';
  const readme = `# Centflow\n\n${begin}\nold\n<!-- /bench -->\n\nThe end.\n`;
  const once = renderInto(readme, readResults());
  expect(once).toMatch(/\| figure +\| measured +\| target +\| reached \|/);
  expect(once).not.toContain('old');
  expect(once.endsWith('<!-- /bench -->\n\nThe end.\n')).toBe(true);
  expect(renderInto(once, readResults())).toBe(once);
});

test('a README without markers stays as it is', () => {
  expect(renderInto('# Centflow\n', readResults())).toBe('# Centflow\n');
});
