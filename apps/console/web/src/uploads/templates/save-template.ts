import type { Mapping } from '@centflow/preview';
import { api, readAnswer } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { buildTemplateId } from './template-id.ts';
import type { SavedTemplate } from './templates.ts';

/**
 * Saves a mapping under a name. If a template with that name exists, changes that template.
 *
 * @throws ApiError 412 if another window has changed that template
 */
export async function saveTemplate(name: string, mapping: Mapping, known: readonly SavedTemplate[]): Promise<void> {
  const same = known.find((template) => template.name === name);
  const templateId = same?.templateId ?? buildTemplateId(name, new Set(known.map((template) => template.templateId)));
  await putTemplate(templateId, name, mapping, same?.etag ?? null);
}

/** @param etag the ETag that the API returned with the template; null for a new template */
export async function putTemplate(
  templateId: string,
  name: string,
  mapping: Mapping,
  etag: string | null,
): Promise<void> {
  await readAnswer(
    api.templates[':templateId'].$put({
      param: { templateId },
      header: etag === null ? { 'if-none-match': '*' } : { 'if-match': etag },
      json: { template: { name, mapping: { ...mapping } } },
    }),
  );
  await queryClient.invalidateQueries({ queryKey: ['templates'] });
}

export async function deleteTemplate({ templateId, etag }: Pick<SavedTemplate, 'templateId' | 'etag'>): Promise<void> {
  await readAnswer(
    api.templates[':templateId'].$delete({ param: { templateId }, query: {}, header: { 'if-match': etag } }),
  );
  await queryClient.invalidateQueries({ queryKey: ['templates'] });
}
