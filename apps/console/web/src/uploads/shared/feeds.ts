/** The feeds with the same contracts that the job reads. */
import type { Contract } from '@centflow/schema/contract';
import type { api } from '../../api/client.ts';

/** The name of a feed. */
export type Feed = NonNullable<Parameters<typeof api.uploads.$get>[0]['query']['feed']>;

const files = import.meta.glob<Contract>('../../../../../../glue/centflow_glue/contracts/*.json', {
  eager: true,
  import: 'default',
});

/** Contracts are generated, so a new feed appears automatically. */
export const contracts: readonly Contract[] = Object.values(files);
export const feeds: readonly Feed[] = contracts.map(({ name }) => name as Feed);

/** Returns the contract of a feed. Throws an Error if no feed has this name. */
export function getContract(feed: string): Contract {
  const contract = contracts.find(({ name }) => name === feed);
  if (contract === undefined)
    throw new Error(`The type “${feed}” is unknown. This page may be out of date. Reload it.`);
  return contract;
}

/** Returns the name of a feed for people: `Expenses`. */
export function getTypeTitle(feed: string | null): string {
  return contracts.find(({ name }) => name === feed)?.title ?? feed ?? 'Unknown type';
}
