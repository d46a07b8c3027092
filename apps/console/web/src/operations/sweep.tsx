import { Text } from '@mantine/core';
import { answerOf, api } from '../api/client.ts';
import { formatMoment } from '../shared/dates.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { useJobRuns } from './job-runs.tsx';
import classes from './operations.module.css';
import { Panel } from './panel.tsx';

export function Sweep() {
  const runs = useJobRuns();
  return (
    <Panel
      title="Sweep"
      description="Compares the whole bucket with the database, and mends what events missed."
      query={runs}
      height={64}
      actions={
        <ConfirmButton
          title="Sweep now"
          action={async () => {
            const { jobRunId, alreadyRunning } = await answerOf(api.operations.sweep.$post({ json: {} }));
            return alreadyRunning ? 'A sweep is running already.' : `The sweep has begun: job run ${jobRunId}.`;
          }}
        >
          It runs by its schedule anyway. Now is right when events may have been lost: nothing that is loaded already is
          loaded twice.
        </ConfirmButton>
      }
    >
      {({ runs: all }) => {
        const last = all.find(({ mode }) => mode === 'sweep');
        return (
          <>
            <div className={classes.figure}>{last ? last.state.toLowerCase() : '–'}</div>
            <Text size="sm" c="dimmed">
              {last?.startedAt
                ? `The last one began ${formatMoment(last.startedAt)}.`
                : 'None among the newest job runs.'}
            </Text>
          </>
        );
      }}
    </Panel>
  );
}
