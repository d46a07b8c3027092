/** Loads the templates: mappings of bank exports that somebody saved. */
import type { Mapping } from '@centflow/preview';
import type { StoredTemplate } from '../../../../api/contract/templates.ts';
import { api, readAnswer } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

/** A template as the web uses it. */
export interface SavedTemplate extends Omit<StoredTemplate, 'template'> {
  readonly name: string;
  readonly mapping: Mapping;
}

export const templatesQuery = {
  queryKey: ['templates'],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly SavedTemplate[]> => {
    const { templates } = await readAnswer(api.templates.$get({ query: {} }, { init: { signal } }));
    return templates.map(({ template, ...stored }) => ({
      ...stored,
      name: template.name,
      // The API has checked the mapping, but the type of parsed JSON does not say so.
      mapping: template.mapping as unknown as Mapping,
    }));
  },
};

/** Returns all templates, at most 30 seconds old. */
export function fetchTemplates(): Promise<readonly SavedTemplate[]> {
  return queryClient.fetchQuery({ ...templatesQuery, staleTime: 30_000 });
}
