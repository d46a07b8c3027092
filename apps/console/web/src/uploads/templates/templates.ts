/** Loads the person's templates, which are saved mappings of bank exports. */
import type { Mapping } from '@centflow/preview';
import type { StoredTemplate } from '../../../../api/contract/templates.ts';
import { api, readAnswer } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';

/** A template with a typed mapping. */
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
      // The cast is safe, because the API has already checked the mapping.
      mapping: template.mapping as unknown as Mapping,
    }));
  },
};

/** Returns all templates, at most 30 seconds old. */
export function fetchTemplates(): Promise<readonly SavedTemplate[]> {
  return queryClient.fetchQuery({ ...templatesQuery, staleTime: 30_000 });
}
