/** Lists the templates of bank exports, and lets people rename, change or delete a template. */
import { Button, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPencil, IconTemplate, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { formatMoment } from '../../shared/dates.ts';
import { EmptyState } from '../../shared/empty-state.tsx';
import { LoadingPanel } from '../../shared/loading.tsx';
import { PageHeader } from '../../shared/page-header.tsx';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { findMissing } from '../mapping/mapping-fields.ts';
import { MappingForm } from '../mapping/mapping-form.tsx';
import { deleteTemplate, putTemplate } from './save-template.ts';
import { type SavedTemplate, templatesQuery } from './templates.ts';
import classes from './templates-page.module.css';

export function TemplatesPage() {
  const templates = useQuery(templatesQuery);
  return (
    <>
      <PageHeader
        title="Bank templates"
        description="A template defines how to read the exports of a bank. When you drop a file with the same columns, Centflow uses the template automatically."
      />
      {templates.isPending ? <LoadingPanel height={220} label="Loading the templates" /> : null}
      {templates.isError ? <ProblemNotice error={templates.error} onRetry={() => void templates.refetch()} /> : null}
      {templates.data?.length === 0 ? (
        <EmptyState
          icon={<IconTemplate size={40} stroke={1.4} />}
          title="No templates yet"
          action={<Button renderRoot={(props) => <Link {...props} to="/uploads" />}>Go to Uploads</Button>}
        >
          Drop an export from your bank on the Uploads page and match its columns. You can save the template there, and
          it will appear here.
        </EmptyState>
      ) : null}
      {templates.data !== undefined && templates.data.length > 0 ? (
        <ul className={classes.list}>
          {templates.data.map((template) => (
            <li key={template.templateId} className="panel">
              <Template template={template} names={templates.data.map(({ name }) => name)} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

interface Props {
  readonly template: SavedTemplate;
  readonly names: readonly string[];
}

function Template({ template, names }: Props) {
  const { templateId, etag, mapping } = template;
  const [name, setName] = useState(template.name);
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const rename = useMutation({ mutationFn: () => putTemplate(templateId, name.trim(), mapping, etag) });
  const remove = useMutation({ mutationFn: () => deleteTemplate(template) });
  const taken = name.trim() !== template.name && names.includes(name.trim());
  const problem =
    name.trim() === '' ? 'Enter a name.' : taken ? 'Another template has this name. Choose a different name.' : null;

  return (
    <Stack gap="sm" p="md">
      <Group justify="space-between" gap="sm" align="flex-start">
        <form
          className={classes.name}
          onSubmit={(event) => {
            event.preventDefault();
            if (problem === null) rename.mutate();
          }}
        >
          <TextInput
            label="Name"
            value={name}
            maxLength={80}
            error={problem}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            autoComplete="off"
          />
          <Button
            type="submit"
            variant="default"
            mt={25}
            loading={rename.isPending}
            disabled={problem !== null || name.trim() === template.name}
          >
            Rename
          </Button>
        </form>
        <Group gap="xs" mt={25}>
          <Button
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
            aria-label={`Change the columns of ${template.name}`}
            onClick={() => setEditing(true)}
          >
            Change
          </Button>
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            aria-label={`Delete ${template.name}`}
            aria-expanded={deleting}
            onClick={() => setDeleting(!deleting)}
          >
            Delete
          </Button>
        </Group>
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        Columns: {mapping.header.join(', ')}
      </Text>
      <Text size="xs" c="dimmed">
        Changed on {formatMoment(template.updatedAt)}
      </Text>
      {deleting ? (
        <Group gap="sm" role="group" aria-label={`Delete ${template.name}?`}>
          <Text size="sm">Delete this template? The files that you sent with this template will stay.</Text>
          <Button size="xs" color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete template
          </Button>
          <Button size="xs" variant="default" onClick={() => setDeleting(false)}>
            Cancel
          </Button>
        </Group>
      ) : null}
      {rename.isError ? <ProblemNotice error={rename.error} /> : null}
      {remove.isError ? <ProblemNotice error={remove.error} /> : null}
      {editing ? <ChangeMapping template={template} onClose={() => setEditing(false)} /> : null}
    </Stack>
  );
}

/** Edits the mapping of a template without a file, so no preview of the rows is possible. */
function ChangeMapping({ template, onClose }: { readonly template: SavedTemplate; readonly onClose: () => void }) {
  const [mapping, setMapping] = useState(template.mapping);
  const missing = findMissing(mapping, true);
  const keep = useMutation({
    mutationFn: () => putTemplate(template.templateId, template.name, mapping, template.etag),
    onSuccess: onClose,
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={<Title order={2}>{template.name}</Title>}>
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          To see a preview of the rows, drop a file of this bank on the Uploads page and choose “Change the column
          matching” there.
        </Text>
        <MappingForm
          mapping={mapping}
          columns={mapping.header}
          problems={[]}
          dateOrderChosen
          onLayout={(changes) => setMapping({ ...mapping, ...changes })}
          onMapping={(changes) => setMapping({ ...mapping, ...changes })}
        />
        {keep.isError ? <ProblemNotice error={keep.error} /> : null}
        <Group justify="flex-end">
          {missing.length > 0 ? (
            <Text size="sm" c="var(--negative)" role="status">
              Still needed: {missing.join(', ')}.
            </Text>
          ) : null}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={missing.length > 0} loading={keep.isPending} onClick={() => keep.mutate()}>
            Save changes
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
