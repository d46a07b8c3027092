import { describe, expect, test } from 'vitest';
import { describeForLog } from './log-text.ts';

const IBAN = 'DE89370400440532013000';
const refused = Object.assign(new Error(`Duplicate entry '${IBAN}' for key 'a.b'`), {
  code: 'ER_DUP_ENTRY',
  sqlMessage: `Duplicate entry '${IBAN}' for key 'a.b'`,
});

describe('describeForLog', () => {
  test("returns MySQL's error code instead of MySQL's message", () => {
    expect(describeForLog(refused)).toBe('ER_DUP_ENTRY');
  });

  test("replaces MySQL's message by the code in an error that repeats the message", () => {
    const step = new Error(`MySQL refused step 3: ${refused.message}. The earlier steps are applied.`, {
      cause: refused,
    });
    expect(describeForLog(step)).toBe('MySQL refused step 3: ER_DUP_ENTRY. The earlier steps are applied.');
  });

  test('returns the unchanged message of an error that is not from MySQL', () => {
    expect(describeForLog(new Error('self-signed certificate'))).toBe('self-signed certificate');
    expect(describeForLog('no error')).toBe('no error');
  });
});
