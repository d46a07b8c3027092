import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildTemplateId } from './template-id.ts';

test('a template’s id is its name in plain letters', () => {
  expect(buildTemplateId('Stadtbank Girokonto', new Set())).toBe('stadtbank-girokonto');
  expect(buildTemplateId('Crédit Agricole – été', new Set())).toBe('credit-agricole-ete');
});

test('a name without any plain letter still gets an id', () => {
  expect(buildTemplateId('三菱UFJ', new Set())).toBe('ufj');
  expect(buildTemplateId('三菱', new Set())).toBe('template');
});

test('an id that is taken gets a number', () => {
  expect(buildTemplateId('Bank', new Set(['bank', 'bank-2']))).toBe('bank-3');
});

test('whatever the name is, the API takes the id', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      expect(buildTemplateId(name, new Set(['template']))).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    }),
  );
});
