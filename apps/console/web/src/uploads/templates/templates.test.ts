import fc from 'fast-check';
import { expect, test } from 'vitest';
import { templateIdFor } from './template-id.ts';

test('a template’s id is its name in plain letters', () => {
  expect(templateIdFor('Stadtbank Girokonto', new Set())).toBe('stadtbank-girokonto');
  expect(templateIdFor('Crédit Agricole – été', new Set())).toBe('credit-agricole-ete');
});

test('a name without any plain letter still gets an id', () => {
  expect(templateIdFor('三菱UFJ', new Set())).toBe('ufj');
  expect(templateIdFor('三菱', new Set())).toBe('template');
});

test('an id that is taken gets a number', () => {
  expect(templateIdFor('Bank', new Set(['bank', 'bank-2']))).toBe('bank-3');
});

test('whatever the name is, the API takes the id', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      expect(templateIdFor(name, new Set(['template']))).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    }),
  );
});
