import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { showToast } from '../shared/toasts.ts';

interface Props {
  /** The action's name, shown on the button and in the dialog. */
  readonly title: string;
  /** What the action will do, shown in the dialog. */
  readonly children: ReactNode;
  readonly disabled?: boolean;
  /** @returns the message to show after the action */
  readonly action: () => Promise<string>;
}

/** Asks for confirmation before an action that changes the pipeline. */
export function ConfirmButton({ title, children, disabled = false, action }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: action,
    onSuccess: async (done) => {
      close();
      showToast(done);
      await queries.invalidateQueries({ queryKey: ['operations'] });
    },
  });
  return (
    <>
      <Button variant="light" flex="none" onClick={open} disabled={disabled}>
        {title}
      </Button>
      <Modal opened={opened} onClose={close} title={`${title}?`} centered>
        <Text mb="md">{children}</Text>
        {acting.isError ? <ProblemNotice error={acting.error} /> : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button loading={acting.isPending} onClick={() => acting.mutate()}>
            {title}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
