import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOwnerName, readIdentity } from './identity.ts';
import { ownKey, prefixOf } from './object-key.ts';
import { RefusedError } from './refusal.ts';

const claims = { sub: '1', token_use: 'id', exp: 1_900_000_000, 'custom:owner': 'ann' };

describe('readIdentity', () => {
  test('reads operators and owners from claims as Cognito and API Gateway write them', () => {
    const groups = ['friends', 'operators'];
    for (const given of [groups, '[friends operators]', '[operators]']) {
      expect(readIdentity({ ...claims, exp: '1900000000', 'cognito:groups': given })).toMatchObject({
        operator: true,
        owner: 'ann',
      });
    }
    for (const given of [undefined, [], '', '[]', '[operator]', '[operatorsx]', 'Operators', 'operators']) {
      expect(readIdentity({ ...claims, 'cognito:groups': given }).operator).toBe(false);
    }
  });

  test.each(['x,operators', 'x\toperators', 'x\noperators', '[operators]', 'operators]', 'x\u00a0operators'])(
    'does not treat members of a group called %j as operators',
    (group) => {
      // Cognito and API Gateway write the group in different formats.
      for (const given of [[group], `[${group}]`, `[friends ${group}]`]) {
        expect(readIdentity({ ...claims, 'cognito:groups': given }).operator, JSON.stringify(given)).toBe(false);
      }
    },
  );

  test('rejects access tokens and invalid claims', () => {
    for (const given of [
      { ...claims, token_use: 'access' },
      { ...claims, sub: '' },
      { ...claims, exp: 'soon' },
      null,
      'ann',
    ]) {
      expect(() => readIdentity(given)).toThrow(RefusedError);
    }
  });

  test.each(['', ' ', '.', '..', 'a/b', 'a\\b', 'a\nb', 'a\u0000', 'a\u202Eb', ' a', 'a ', 'x'.repeat(65)])(
    'rejects the owner name %j',
    (name) => {
      expect(isOwnerName(name)).toBe(false);
      expect(() => readIdentity({ ...claims, 'custom:owner': name })).toThrow(/owner name is not valid/);
    },
  );

  test.each(['ann', 'Zoë Müller', '漢字', 'a.b', 'a*b?', '%2e%2e', 'owner=bob', '🎉'.repeat(64)])(
    'accepts the owner name %s',
    (name) => {
      expect(isOwnerName(name)).toBe(true);
    },
  );
});

describe('ownKey', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isOwnerName);

  test('never accepts a key of another owner', () => {
    fc.assert(
      fc.property(name, name, fc.string({ unit: 'grapheme', maxLength: 20 }), (ann, bob, rest) => {
        fc.pre(ann !== bob);
        expect(() => ownKey(ann, `${prefixOf(bob, 'expenses')}${rest}`)).toThrow(RefusedError);
      }),
    );
  });

  test('accepts only keys that stay in the owner’s folder when a browser resolves their address', () => {
    const part = fc.oneof(fc.constantFrom('.', '..', '%2e', '%2e%2e', '', '\\', '/'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const objectKey = `${prefixOf('ann', 'expenses')}${parts.join('/')}`;
        try {
          ownKey('ann', objectKey);
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedError);
          return;
        }
        const path = objectKey.split('/').map(encodeURIComponent).join('/');
        expect(decodeURIComponent(new URL(`https://bucket.example/${path}`).pathname)).toBe(`/${objectKey}`);
      }),
    );
  });
});
