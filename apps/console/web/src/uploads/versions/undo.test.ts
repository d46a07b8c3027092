import { expect, test } from 'vitest';
import type { ObjectVersion } from '../../../../api/contract/objects.ts';
import { findUndoStep, findVersionBefore } from './undo.ts';

function version(versionId: string, more: Partial<ObjectVersion> = {}): ObjectVersion {
  return {
    versionId,
    lastModified: '2025-06-01T00:00:00Z',
    bytes: 100,
    isNewest: false,
    isDeleteMarker: false,
    ...more,
  };
}

test('the only version is undone by hiding it', () => {
  expect(findUndoStep([version('a', { isNewest: true, state: 'published' })], 'a')).toEqual({
    kind: 'remove',
    newestVersionId: 'a',
  });
});

test('a correction is undone by going back to the version before', () => {
  const before = version('a', { state: 'superseded' });
  expect(findUndoStep([version('b', { isNewest: true, state: 'published' }), before], 'b')).toEqual({
    kind: 'go-back',
    to: before,
    newestVersionId: 'b',
  });
});

test('a version that was rejected is nothing to go back to', () => {
  const good = version('a', { state: 'superseded' });
  const versions = [version('c', { isNewest: true, state: 'published' }), version('b', { state: 'rejected' }), good];
  expect(findUndoStep(versions, 'c')).toMatchObject({ kind: 'go-back', to: good });
});

test('what was sent again after an undo is undone by hiding it, as before', () => {
  const versions = [
    version('c', { isNewest: true }),
    version('marker', { isDeleteMarker: true }),
    version('a', { state: 'retired' }),
  ];
  expect(findUndoStep(versions, 'c')).toEqual({ kind: 'remove', newestVersionId: 'c' });
});

test('an undone or replaced version is brought back over whatever is newest', () => {
  const own = version('a', { state: 'retired' });
  const marker = version('marker', { isDeleteMarker: true, isNewest: true });
  expect(findUndoStep([marker, own], 'a')).toEqual({ kind: 'bring-back', to: own, newestVersionId: 'marker' });
});

test('a rejected version that is not the newest offers nothing', () => {
  expect(findUndoStep([version('b', { isNewest: true }), version('a', { state: 'rejected' })], 'a')).toBeNull();
});

test('a version that the bucket no longer lists offers nothing', () => {
  expect(findUndoStep([version('b', { isNewest: true })], 'gone')).toBeNull();
});

test('a version is compared with the one that it replaced, over delete markers', () => {
  const first = version('a');
  expect(findVersionBefore([version('c'), version('marker', { isDeleteMarker: true }), first], 'c')).toBe(first);
  expect(findVersionBefore([version('c'), first], 'a')).toBeNull();
});
