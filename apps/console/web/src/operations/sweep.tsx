import { Text } from '@mantine/core';
import { api, readAnswer } from '../api/client.ts';
import { formatMoment } from '../shared/dates.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { formatRunState, useJobRuns } from './job-runs.tsx';
import classes from './operations.module.css';
import { Panel } from './panel.tsx';

export function Sweep() {
  const runs = useJobRuns();
  return (
    <Panel
      title="Sweep"
      description="Compares the whole bucket with the database and loads objects whose events were lost."
      query={runs}
      height={64}
      actions={
        <ConfirmButton
          title="Sweep now"
          action={async () => {
            const { jobRunId, alreadyRunning } = await readAnswer(api.operations.sweep.$post({ json: {} }));
            return alreadyRunning ? 'A sweep is already running.' : `The sweep has started: job run ${jobRunId}.`;
          }}
        >
          The sweep also runs on a schedule. Run it now if events may have been lost. Objects that are already loaded
          are not loaded twice.
        </ConfirmButton>
      }
    >
      {({ runs: all }) => {
        const last = all.find(({ mode }) => mode === 'sweep');
        return (
          <>
            <div className={classes.figure}>{last ? formatRunState(last.state) : '–'}</div>
            <Text size="sm" c="dimmed">
              {last?.startedAt
                ? `The last sweep started ${formatMoment(last.startedAt)}.`
                : 'None of the newest job runs was a sweep.'}
            </Text>
          </>
        );
      }}
    </Panel>
  );
}
