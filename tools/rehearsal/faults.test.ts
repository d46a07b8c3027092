import type { ResourceChange } from '@centflow/terraform';
import { describe, expect, test } from 'vitest';
import { compareWithFaults, type EmulatorFault } from './faults.ts';

const fault: EmulatorFault = { type: 'aws_flow_log', attribute: 'tags', reason: 'forgets them' };
const unused: EmulatorFault = { type: 'aws_flow_log', attribute: 'deliver', reason: 'fixed since' };

function update(type: string, before: object, after: object): ResourceChange {
  const change = {
    actions: ['update'] as const,
    before,
    after,
    after_unknown: {},
  } as unknown as ResourceChange['change'];
  return { address: `${type}.it`, mode: 'managed', type, name: 'it', change };
}

describe('compareWithFaults', () => {
  test('accepts a difference that a known fault explains, and returns this fault', () => {
    const { unexplained, drastic, found } = compareWithFaults(
      [update('aws_flow_log', { tags: {}, name: 'a' }, { tags: { a: 'b' }, name: 'a' })],
      [fault, unused],
    );
    expect({ unexplained, drastic }).toEqual({ unexplained: [], drastic: [] });
    expect([...found]).toEqual([fault]);
  });

  test('reports a difference in another attribute of the resource, or in another resource type', () => {
    const { unexplained } = compareWithFaults(
      [
        update('aws_flow_log', { tags: {}, name: 'a' }, { tags: { a: 'b' }, name: 'b' }),
        update('aws_vpc', { tags: {} }, { tags: { a: 'b' } }),
      ],
      [fault],
    );
    expect(unexplained.map(({ type, attribute }) => `${type}.${attribute}`)).toEqual([
      'aws_flow_log.name',
      'aws_vpc.tags',
    ]);
  });

  test('accepts the replacement of a resource only if a known fault sets `replaces`', () => {
    const replaced = update('aws_flow_log', { tags: {} }, { tags: { a: 'b' } });
    const change = { ...replaced.change, actions: ['delete', 'create'] as const };
    const plan = [{ ...replaced, change }];
    expect(compareWithFaults(plan, [fault]).drastic).toEqual(['aws_flow_log.it (delete and create)']);
    expect(compareWithFaults(plan, [{ ...fault, replaces: true }]).drastic).toEqual([]);
  });

  test('reports every resource that would be created or deleted', () => {
    const { change, ...resource } = update('aws_flow_log', {}, { tags: {} });
    for (const actions of [['create'], ['delete']] as const) {
      const plan = [{ ...resource, change: { ...change, actions } }];
      expect(compareWithFaults(plan, [{ ...fault, replaces: true }]).drastic).toEqual([
        `aws_flow_log.it (${actions[0]})`,
      ]);
    }
  });
});
