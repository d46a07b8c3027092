/** Lets people match the columns of a bank's export, with a preview of the rows. */

import type { Mapping } from '@centflow/preview';
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { LoadingPanel } from '../../shared/loading.tsx';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { mappingDrafts } from '../drafts.ts';
import { saveTemplate } from '../templates/save-template.ts';
import { templatesQuery } from '../templates/templates.ts';
import { previewWorker } from '../worker/worker.ts';
import classes from './mapping-editor.module.css';
import { findMissing } from './mapping-fields.ts';
import { MappingForm } from './mapping-form.tsx';
import { MappingSample } from './mapping-sample.tsx';

interface Props {
  readonly source: Blob;
  readonly fileName: string;
  /** The previous mapping; null to propose a mapping. */
  readonly start: Mapping | null;
  readonly template: string | null;
  readonly onClose: () => void;
  readonly onUse: (mapping: Mapping, template: string | null) => Promise<void>;
}

export function MappingEditor(props: Props) {
  const { source, fileName, start } = props;
  const phone = useMediaQuery('(max-width: 62em)') ?? false;
  const proposed = useQuery({
    queryKey: ['proposed-mapping', fileName, source.size],
    queryFn: async () => {
      const proposal = await previewWorker.propose(source, fileName);
      // A draft that was saved before the page was reloaded takes precedence over the proposal.
      const draft = start ?? (await mappingDrafts.read(proposal.mapping.header.join('\u0000')));
      return {
        ...proposal,
        mapping: draft ?? proposal.mapping,
        dateOrderIsSure: proposal.dateOrderIsSure || draft !== undefined,
      };
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={<Title order={2}>Match the columns of {fileName}</Title>}
      size="min(1320px, 96vw)"
      fullScreen={phone}
      overlayProps={{ backgroundOpacity: 0.5 }}
    >
      {proposed.isError ? <ProblemNotice error={proposed.error} /> : null}
      {proposed.isPending ? <LoadingPanel height={420} label="Reading the file" /> : null}
      {proposed.isSuccess ? (
        <Editor {...props} first={proposed.data.mapping} dateOrderIsSure={proposed.data.dateOrderIsSure} />
      ) : null}
    </Modal>
  );
}

function Editor({
  source,
  fileName,
  template,
  onClose,
  onUse,
  first,
  dateOrderIsSure,
}: Props & { readonly first: Mapping; readonly dateOrderIsSure: boolean }) {
  const [mapping, setMapping] = useState(first);
  const [dateOrderChosen, setDateOrderChosen] = useState(dateOrderIsSure);
  const [keep, setKeep] = useState(true);
  const [name, setName] = useState(template ?? proposeTemplateName(fileName));
  const templates = useQuery({ ...templatesQuery, staleTime: 30_000 });

  const sample = useQuery({
    queryKey: ['mapping-sample', fileName, source.size, JSON.stringify(mapping)],
    queryFn: () => previewWorker.sample(source, fileName, mapping),
    placeholderData: (before) => before,
    gcTime: 0,
  });
  useEffect(() => {
    if (mapping !== first) void mappingDrafts.save(mapping.header.join('\u0000'), mapping);
  }, [mapping, first]);

  const missing = findMissing(mapping, dateOrderChosen);
  const named = !keep || name.trim() !== '';
  const use = useMutation({
    mutationFn: async () => {
      if (keep) await saveTemplate(name.trim(), mapping, templates.data ?? []);
      await onUse(mapping, keep ? name.trim() : null);
      await mappingDrafts.delete(mapping.header.join('\u0000'));
    },
  });
  const overwrites = keep && (templates.data ?? []).some((template) => template.name === name.trim());

  return (
    <div className={classes.editor}>
      <Stack className={classes.form} gap="lg">
        <MappingForm
          mapping={mapping}
          columns={sample.data?.header ?? mapping.header}
          problems={sample.data?.problems ?? []}
          dateOrderChosen={dateOrderChosen}
          onLayout={async (changes) => {
            // Another delimiter or header row changes the columns, so request a new proposal for the mapping.
            const proposal = await previewWorker.propose(source, fileName, changes);
            setMapping(proposal.mapping);
            setDateOrderChosen(proposal.dateOrderIsSure);
          }}
          onMapping={(changes) => {
            setMapping((before) => ({ ...before, ...changes }));
            if (changes.dateOrder !== undefined) setDateOrderChosen(true);
          }}
        />
      </Stack>
      <Stack className={classes.sample} gap="md">
        {sample.isError ? <ProblemNotice error={sample.error} onRetry={() => void sample.refetch()} /> : null}
        {sample.data === undefined ? (
          <LoadingPanel height={360} label="Reading the first rows" />
        ) : (
          <MappingSample sample={sample.data} mapping={mapping} />
        )}
      </Stack>
      <div className={classes.foot}>
        <Group gap="sm" align="flex-start" className={classes.keep}>
          <Checkbox
            mt={8}
            label="Save as a template named"
            checked={keep}
            onChange={({ currentTarget }) => setKeep(currentTarget.checked)}
          />
          <TextInput
            aria-label="Name of the template"
            value={name}
            disabled={!keep}
            maxLength={80}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={named ? null : 'Enter a name that you will recognise.'}
            description={
              overwrites ? 'You already have a template with this name. Saving will change that template.' : null
            }
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            style={{ flex: '1 1 220px' }}
          />
        </Group>
        <Group gap="sm" justify="flex-end">
          {missing.length > 0 ? (
            <Text size="sm" c="var(--negative)" role="status">
              Still needed: {missing.join(', ')}.
            </Text>
          ) : null}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            leftSection={<IconCheck size={18} aria-hidden />}
            disabled={missing.length > 0 || !named}
            loading={use.isPending}
            onClick={() => use.mutate()}
          >
            Use these columns
          </Button>
        </Group>
        {use.isError ? <ProblemNotice error={use.error} /> : null}
      </div>
    </div>
  );
}

/**
 * Returns the part of a file name that stays the same each month: `Umsatzanzeige_2025-06.csv` gives `Umsatzanzeige`.
 */
function proposeTemplateName(fileName: string): string {
  const words = fileName
    .replace(/\.[a-z.]+$/i, '')
    .replace(/\d+/g, ' ')
    .replace(/[^\p{L}]+/gu, ' ')
    .replace(/\b(to|from|bis|von|export|csv)\b/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? 'My bank' : words.charAt(0).toUpperCase() + words.slice(1);
}
