import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTemplateId } from './template-id.ts';

test('buildTemplateId converts the name to plain lower-case letters', () => {
  expect(buildTemplateId('Stadtbank Girokonto', new Set())).toBe('stadtbank-girokonto');
  expect(buildTemplateId('Crédit Agricole – été', new Set())).toBe('credit-agricole-ete');
});

test('buildTemplateId returns an id for a name without plain letters', () => {
  expect(buildTemplateId('三菱UFJ', new Set())).toBe('ufj');
  expect(buildTemplateId('三菱', new Set())).toBe('template');
});

test('buildTemplateId adds a number to an id that is taken', () => {
  expect(buildTemplateId('Bank', new Set(['bank', 'bank-2']))).toBe('bank-3');
});

test('buildTemplateId returns an id that the API accepts for any name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      expect(buildTemplateId(name, new Set(['template']))).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    }),
  );
});
