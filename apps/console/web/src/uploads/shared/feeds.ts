/** The feeds and their contracts, as the job reads them. */
import type { Contract } from '@centflow/schema/contract';
import type { api } from '../../api/client.ts';

/** A feed's name. */
export type Feed = NonNullable<Parameters<typeof api.uploads.$get>[0]['query']['feed']>;

const files = import.meta.glob<Contract>('../../../../../../glue/centflow_glue/contracts/*.json', {
  eager: true,
  import: 'default',
});

/** A new feed shows here by itself: its contract is generated. */
export const contracts: readonly Contract[] = Object.values(files);
export const feeds: readonly Feed[] = contracts.map(({ name }) => name as Feed);

/** @throws Error where the name is no feed's. */
export function getContract(feed: string): Contract {
  const contract = contracts.find(({ name }) => name === feed);
  if (contract === undefined)
    throw new Error(`The type “${feed}” is unknown. Reload the page: it may be older than the service.`);
  return contract;
}

/** What people call a feed: `Expenses`. */
export function getTypeTitle(feed: string | null): string {
  return contracts.find(({ name }) => name === feed)?.title ?? feed ?? 'Unknown type';
}
