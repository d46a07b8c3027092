/** Options, progress display and table rows that several commands share. */

import { visible } from '@centflow/command-line/screen';
import type { Row } from '@centflow/command-line/table';
import { type Clients, createClients } from '@centflow/local-stack/clients';
import type { Accounting } from '@centflow/local-stack/follow';
import { type RunningStack, readEnvironment } from '@centflow/local-stack/running-stack';
import type { Command } from 'commander';
import ora from 'ora';

export interface JsonOption {
  readonly json?: boolean;
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON');
}

/** Runs `work` with the description of the running stack and clients for it. */
export async function withStack<Result>(
  work: (stack: RunningStack, clients: Clients) => Promise<Result>,
): Promise<Result> {
  const stack = readEnvironment();
  const clients = createClients(stack.endpointUrl, stack);
  try {
    return await work(stack, clients);
  } finally {
    clients.destroy();
  }
}

/**
 * Shows a spinner while `work` runs. Prints nothing if `silent` is set, and a plain line if standard error is not a
 * terminal.
 */
export async function withProgress<Result>(
  text: string,
  silent: boolean,
  work: (setText: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  const spinner = ora({ text: visible(text), isSilent: silent, stream: process.stderr }).start();
  try {
    return await work((next) => {
      if (process.stderr.isTTY) spinner.text = visible(next);
    });
  } finally {
    spinner.stop();
  }
}

/** Returns the row counts and the state of an upload as a table row that fits on a terminal. */
export function accountingRow(upload: Accounting): Row {
  return {
    upload: upload.upload_id,
    object_key: upload.object_key,
    state: upload.state,
    read: upload.rows_read,
    published: upload.rows_published,
    duplicate: upload.rows_duplicate,
    quarantined: upload.rows_quarantined,
    amount: upload.amount_published,
    seconds: seconds(upload.seconds_to_visible),
  };
}

/** Formats seconds with two decimals. Returns an empty string for null. */
export function seconds(value: string | null): string {
  return value === null ? '' : Number(value).toFixed(2);
}
