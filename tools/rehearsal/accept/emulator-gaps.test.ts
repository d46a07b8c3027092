import { checks } from '@centflow/delivery/accept';
import { describe, expect, test } from 'vitest';
import { emulatorGaps } from './emulator-gaps.ts';

describe('emulatorGaps', () => {
  test('lists only existing checks, each with a reason', () => {
    const names = checks.map(({ name }) => name);
    for (const [name, reason] of Object.entries(emulatorGaps)) {
      expect(names).toContain(name);
      expect(reason).toMatch(/emulator|job runs beside/);
    }
  });

  test('does not exempt the checks of the flow and of the console', () => {
    const shown = checks.map(({ name }) => name).filter((name) => !(name in emulatorGaps));
    expect(shown).toEqual(
      expect.arrayContaining(['canary', 'dead-letters', 'secret-rotation', 'console-owner-routes', 'signed-upload']),
    );
  });
});
