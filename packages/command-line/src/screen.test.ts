import { afterEach, describe, expect, test, vi } from 'vitest';
import { print, printContent, printError, printJson, visible } from './screen.ts';

/**
 * Strings that make a terminal set its title, change colours, clear the screen, delete text, move the cursor, reverse
 * text or break lines.
 */
const HOSTILE = ['\x1b]0;PWNED\x07', '\x1b[31mred', '\x9b2J', '\x7f', '\b\b', 'a\rb', '\u202egpj.exe', '\u2028'];
const CONTROL = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\u202a-\u202e]/u;

afterEach(() => vi.restoreAllMocks());

describe('the output functions for a terminal', () => {
  test.each(HOSTILE)('shows the control characters of %j as visible text', (text) => {
    const [log, error] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
    for (const spy of [log, error]) spy.mockImplementation(() => undefined);
    print(`Ignored columns: ${text}.\nAnother line`);
    printError(text);
    printJson({ [text]: [text] });
    const printed = [...log.mock.calls, ...error.mock.calls].flat() as string[];
    for (const shown of printed) expect(shown).not.toMatch(CONTROL);
    expect(printed[0]?.split('\n')).toHaveLength(2);
    expect(JSON.parse(String(log.mock.calls[1]?.[0]))).toEqual({ [text]: [text] });
  });

  test('keeps a value with a newline on one line', () => {
    expect(visible('a\nb')).toBe('a␤b');
  });

  test.each(HOSTILE)('writes %j unchanged to a file, but not to a terminal', (text) => {
    const written: string[] = [];
    const write = (part: unknown) => written.push(String(part)) > 0;
    printContent(text, { isTTY: false, write } as never);
    printContent(text, { isTTY: true, write } as never);
    expect(written[0]).toBe(text);
    expect(written[1]).not.toMatch(CONTROL);
  });

  test('does not change text without control characters', () => {
    expect(visible('Café, 日本, 👩‍👩‍👧, a b')).toBe('Café, 日本, 👩‍👩‍👧, a b');
  });
});
