import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { toastDone } from '../shared/toasts.ts';

interface Props {
  /** What the button does, as it is confirmed. */
  readonly title: string;
  /** What follows from it. */
  readonly children: ReactNode;
  readonly disabled?: boolean;
  /** @returns what to tell when it is done */
  readonly action: () => Promise<string>;
}

/** Nothing that changes the flow happens by one slip of the hand. */
export function ConfirmButton({ title, children, disabled = false, action }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: action,
    onSuccess: async (done) => {
      close();
      toastDone(done);
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
