import { Group, Text, Title } from '@mantine/core';
import { Brand } from '../shell/brand.tsx';
import { ColorSchemeToggle } from '../shell/who-am-i.tsx';
import { SignInChoices } from './sign-in-choices.tsx';
import classes from './sign-in-page.module.css';

export function SignInPage() {
  return (
    <div className={classes.page}>
      <title>Sign in · Centflow</title>
      <main className={classes.card}>
        <Group justify="space-between" mb={36}>
          <Brand />
          <ColorSchemeToggle />
        </Group>
        <Title order={1}>Sign in</Title>
        <Text c="dimmed" mt={6} mb="lg">
          Upload your bank statements and see where every cent comes from and where it goes.
        </Text>
        <SignInChoices />
      </main>
    </div>
  );
}
