import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import { formatInteger } from '../shared/numbers.ts';
import { ConfirmButton } from './confirm-button.tsx';
import classes from './operations.module.css';
import { Panel, REFRESH } from './panel.tsx';

export function DeadLetters() {
  const letters = useQuery({
    queryKey: ['operations', 'dead-letters'],
    queryFn: ({ signal }) => answerOf(api.operations['dead-letters'].$get({ query: {} }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
  return (
    <Panel
      title="Dead letters"
      description="Events that could not be handled, again and again."
      query={letters}
      height={64}
      actions={
        <ConfirmButton
          title="Redrive"
          disabled={!letters.data?.deadLetters}
          action={async () => {
            const { messages, finished } = await answerOf(api.operations.redrive.$post({ json: {} }));
            return `${formatInteger(messages)} given back to the trigger${finished ? '' : '; SQS is still moving some'}.`;
          }}
        >
          Every dead letter goes back to the queue and is handled once more. An object that is loaded already is not
          loaded twice. Mend the cause first, or they come back.
        </ConfirmButton>
      }
    >
      {({ deadLetters, waiting }) => (
        <>
          <div className={classes.figure}>{formatInteger(deadLetters)}</div>
          <Text size="sm" c="dimmed">
            {waiting === 0 ? 'No event waits for the trigger.' : `${formatInteger(waiting)} wait for the trigger.`}
          </Text>
        </>
      )}
    </Panel>
  );
}
