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

test('findUndoStep removes the object if it has only one version', () => {
  expect(findUndoStep([version('a', { isNewest: true, state: 'published' })], 'a')).toEqual({
    kind: 'remove',
    newestVersionId: 'a',
  });
});

test('findUndoStep restores the version before a correction', () => {
  const before = version('a', { state: 'superseded' });
  expect(findUndoStep([version('b', { isNewest: true, state: 'published' }), before], 'b')).toEqual({
    kind: 'go-back',
    to: before,
    newestVersionId: 'b',
  });
});

test('findUndoStep never restores a rejected version', () => {
  const good = version('a', { state: 'superseded' });
  const versions = [version('c', { isNewest: true, state: 'published' }), version('b', { state: 'rejected' }), good];
  expect(findUndoStep(versions, 'c')).toMatchObject({ kind: 'go-back', to: good });
});

test('findUndoStep removes a version that was sent after an undo', () => {
  const versions = [
    version('c', { isNewest: true }),
    version('marker', { isDeleteMarker: true }),
    version('a', { state: 'retired' }),
  ];
  expect(findUndoStep(versions, 'c')).toEqual({ kind: 'remove', newestVersionId: 'c' });
});

test('findUndoStep restores an undone or replaced version over the newest version', () => {
  const own = version('a', { state: 'retired' });
  const marker = version('marker', { isDeleteMarker: true, isNewest: true });
  expect(findUndoStep([marker, own], 'a')).toEqual({ kind: 'bring-back', to: own, newestVersionId: 'marker' });
});

test('findUndoStep returns null for a rejected version that is not the newest', () => {
  expect(findUndoStep([version('b', { isNewest: true }), version('a', { state: 'rejected' })], 'a')).toBeNull();
});

test('findUndoStep returns null for a version that the bucket no longer lists', () => {
  expect(findUndoStep([version('b', { isNewest: true })], 'gone')).toBeNull();
});

test('findVersionBefore skips delete markers', () => {
  const first = version('a');
  expect(findVersionBefore([version('c'), version('marker', { isDeleteMarker: true }), first], 'c')).toBe(first);
  expect(findVersionBefore([version('c'), first], 'a')).toBeNull();
});
