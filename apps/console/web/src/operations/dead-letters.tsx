import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, readAnswer } from '../api/client.ts';
import { formatCount, formatInteger } from '../shared/numbers.ts';
import { ConfirmButton } from './confirm-button.tsx';
import classes from './operations.module.css';
import { Panel, REFRESH } from './panel.tsx';

export function DeadLetters() {
  const letters = useQuery({
    queryKey: ['operations', 'dead-letters'],
    queryFn: ({ signal }) => readAnswer(api.operations['dead-letters'].$get({ query: {} }, { init: { signal } })),
    refetchInterval: REFRESH,
  });
  return (
    <Panel
      title="Dead letters"
      description="Events that failed on every attempt. Fix the cause, then redrive them."
      query={letters}
      height={64}
      actions={
        <ConfirmButton
          title="Redrive"
          disabled={!letters.data?.deadLetters}
          action={async () => {
            const { messages, finished } = await readAnswer(api.operations.redrive.$post({ json: {} }));
            return `${formatCount(messages, 'event')} returned to the queue.${finished ? '' : ' SQS is still moving the rest.'}`;
          }}
        >
          Every dead letter returns to the queue and is processed again. Objects that are already loaded are not loaded
          twice. Fix the cause first, or the events will fail again.
        </ConfirmButton>
      }
    >
      {({ deadLetters, waiting }) => (
        <>
          <div className={classes.figure}>{formatInteger(deadLetters)}</div>
          <Text size="sm" c="dimmed">
            {waiting === 0
              ? 'No events are waiting in the queue.'
              : `${formatCount(waiting, 'event is', 'events are')} waiting in the queue.`}
          </Text>
        </>
      )}
    </Panel>
  );
}
