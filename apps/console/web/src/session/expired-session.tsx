import { Button, Modal, Text } from '@mantine/core';
import { SignInChoices } from './sign-in-choices.tsx';
import { signOut } from './sign-out.ts';

/** Shows a sign-in dialog above the page, which keeps its state. Waiting requests continue after the sign-in. */
export default function ExpiredSession() {
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
      centered
    >
      <Text mb="md">Sign in again to continue. Nothing on this page is lost, and unfinished uploads resume.</Text>
      <SignInChoices keepPage />
      <Button variant="subtle" color="gray" fullWidth mt="md" onClick={() => void signOut()}>
        Sign out instead
      </Button>
    </Modal>
  );
}
