import type { Mapping } from '@centflow/preview';
import { drafts } from '../drafts.ts';

/** Mappings that somebody has begun and not used, by the header of the export. */
export const mappingDrafts = drafts<Mapping>('mapping');
