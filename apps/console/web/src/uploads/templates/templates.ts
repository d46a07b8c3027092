/** Banks' exports that somebody mapped once and named. */
import type { Mapping } from '@centflow/preview';
import type { StoredTemplate } from '../../../../api/contract/templates.ts';
import { api, readAnswer } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

/** A template as it is used here. */
export interface KeptTemplate extends Omit<StoredTemplate, 'template'> {
  readonly name: string;
  readonly mapping: Mapping;
}

export const templatesQuery = {
  queryKey: ['templates'],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly KeptTemplate[]> => {
    const { templates } = await readAnswer(api.templates.$get({ query: {} }, { init: { signal } }));
    return templates.map(({ template, ...stored }) => ({
      ...stored,
      name: template.name,
      // The API has checked that it is one; the type of parsed JSON does not say so.
      mapping: template.mapping as unknown as Mapping,
    }));
  },
};

/** All of them, as fresh as half a minute. */
export function fetchTemplates(): Promise<readonly KeptTemplate[]> {
  return queryClient.fetchQuery({ ...templatesQuery, staleTime: 30_000 });
}
