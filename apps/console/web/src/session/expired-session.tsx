import { Button, Modal, Text } from '@mantine/core';
import { SignInChoices } from './sign-in-choices.tsx';
import { signOut } from './sign-out.ts';

/** Asks for a new sign-in above the page, which keeps its state. Waiting requests continue afterwards. */
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
