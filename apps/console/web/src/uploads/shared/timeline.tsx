import { Group, Text } from '@mantine/core';
import { IconCheck, IconClock, IconLoader2, IconX } from '@tabler/icons-react';
import { formatMoment } from '../../shared/dates.ts';
import { formatSeconds } from '../../shared/numbers.ts';
import type { TimelineStep } from '../follow/timeline.ts';
import { stateTitles } from './state-titles.ts';
import classes from './timeline.module.css';

const stepTitles: Readonly<Record<TimelineStep['name'], string>> = { sent: 'Sent', ...stateTitles };
/** The minimum duration in seconds that is shown. A shorter step would show as “+0 secs”. */
const shownFrom = 0.005;

interface Props {
  readonly steps: readonly TimelineStep[];
  /** Whether the upload is in progress. The first step without a time is then the current step. */
  readonly live: boolean;
}

/** Shows the steps of an upload from left to right, or from top to bottom on a phone. */
export function Timeline({ steps, live }: Props) {
  const current = live ? steps.findIndex((step) => step.at === null) : -1;
  return (
    <ol className={classes.steps}>
      {steps.map((step, at) => {
        const isFailure = step.name === 'rejected' || step.name === 'failed';
        const state = step.at !== null ? (isFailure ? 'bad' : 'done') : at === current ? 'current' : 'ahead';
        return (
          <li
            key={step.name}
            className={classes.step}
            data-state={state}
            aria-current={state === 'current' ? 'step' : undefined}
          >
            <span className={classes.dot} aria-hidden>
              {state === 'done' ? <IconCheck size={14} stroke={3} /> : null}
              {state === 'bad' ? <IconX size={14} stroke={3} /> : null}
              {state === 'current' ? <IconLoader2 size={14} stroke={2.5} className={classes.turning} /> : null}
              {state === 'ahead' ? <IconClock size={14} /> : null}
            </span>
            <div>
              <Group gap={6} wrap="nowrap">
                <Text size="sm" fw={600}>
                  {stepTitles[step.name]}
                </Text>
                {step.seconds !== null && step.seconds >= shownFrom ? (
                  <Text size="sm" c="dimmed" className="figures">
                    +{formatSeconds(step.seconds)}
                  </Text>
                ) : null}
              </Group>
              <Text size="xs" c="dimmed" className="figures">
                {step.at === null ? ' ' : formatMoment(step.at)}
              </Text>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
