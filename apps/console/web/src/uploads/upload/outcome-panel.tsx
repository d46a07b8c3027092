import { Alert, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { Upload } from '../../../../api/contract/uploads.ts';
import { formatDay } from '../../shared/dates.ts';
import { formatBytes, formatInteger, formatSeconds } from '../../shared/numbers.ts';
import { isSettled } from '../follow/follow.ts';
import { buildTimeline } from '../follow/timeline.ts';
import { AccountingBar } from '../shared/accounting-bar.tsx';
import { formatCheckSum } from '../shared/amounts.ts';
import { Timeline } from '../shared/timeline.tsx';
import classes from './outcome-panel.module.css';

/** Shows the steps and the accounting of an upload. */
export function OutcomePanel({ upload }: { readonly upload: Upload }) {
  const live = !isSettled(upload.state);
  return (
    <Stack component="section" className="panel" p="md" gap="md" aria-labelledby="outcome">
      <Title order={2} id="outcome">
        What happened
      </Title>
      {upload.reason === null ? null : (
        <Alert
          variant="light"
          color={upload.state === 'rejected' ? 'red' : 'gray'}
          icon={upload.state === 'rejected' ? <IconAlertTriangle aria-hidden /> : <IconInfoCircle aria-hidden />}
          title={
            upload.state === 'rejected' ? 'This file was not imported, and none of its rows count.' : 'Good to know'
          }
        >
          {upload.reason}
        </Alert>
      )}
      <div aria-live="polite">
        <Timeline steps={buildTimeline(upload)} live={live} />
      </div>
      <div className={classes.columns}>
        {upload.state === 'loading' ? null : <Accounting upload={upload} />}
        <Facts upload={upload} />
      </div>
    </Stack>
  );
}

/** Shows that read = imported + duplicates + to fix, both in rows and in amounts. */
export function Accounting({ upload }: { readonly upload: Upload }) {
  const counts = { good: upload.rowsPublished, duplicate: upload.rowsDuplicate, quarantined: upload.rowsQuarantined };
  const rows = [
    {
      name: 'Imported',
      hint: upload.state === 'published' ? 'counted in your figures' : 'no longer counted in your figures',
      rows: upload.rowsPublished,
      amount: upload.amountPublished,
      color: 'var(--mantine-color-spruce-filled)',
    },
    {
      name: 'Duplicates',
      hint: 'already there from another upload',
      rows: upload.rowsDuplicate,
      amount: upload.amountDuplicate,
      color: 'var(--mantine-color-gray-5)',
    },
    {
      name: 'To fix',
      hint: 'not counted until they are fixed',
      rows: upload.rowsQuarantined,
      amount: upload.amountQuarantined,
      color: 'var(--mantine-color-orange-filled)',
    },
  ];
  return (
    <div>
      {upload.rowsRead > 0 ? <AccountingBar counts={counts} /> : null}
      <Table mt="xs" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Rows</Table.Th>
            <Table.Th ta="right">Count</Table.Th>
            <Table.Th ta="right" title="Sum of all amounts, ignoring currencies, to compare with your file">
              Sum of amounts
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ name, hint, rows, amount, color }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Group gap={8} wrap="nowrap" align="flex-start">
                  <span
                    aria-hidden
                    style={{ width: 10, height: 10, borderRadius: 3, background: color, flex: 'none', marginTop: 6 }}
                  />
                  <div>
                    {name}
                    <Text size="xs" c="dimmed">
                      {hint}
                    </Text>
                  </div>
                </Group>
              </Table.Td>
              <Table.Td ta="right">{formatInteger(rows)}</Table.Td>
              <Table.Td ta="right">{formatCheckSum(amount)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th>Read</Table.Th>
            <Table.Th ta="right">{formatInteger(upload.rowsRead)}</Table.Th>
            <Table.Th ta="right">{formatCheckSum(upload.amountRead)}</Table.Th>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </div>
  );
}

function Facts({ upload }: { readonly upload: Upload }) {
  const facts: [string, string][] = [];
  if (upload.sizeBytes !== null) facts.push(['Size', formatBytes(upload.sizeBytes)]);
  if (upload.firstDate !== null && upload.lastDate !== null) {
    facts.push(['Dates', `${formatDay(upload.firstDate)} – ${formatDay(upload.lastDate)}`]);
  }
  if (upload.secondsToVisible !== null) facts.push(['In your figures after', formatSeconds(upload.secondsToVisible)]);
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}
