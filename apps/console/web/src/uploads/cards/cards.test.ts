import type { Mapping, Preview } from '@centflow/preview';
import { expect, test } from 'vitest';
import type { Progress } from '../follow/follow.ts';
import type { SendRequest } from '../sending/send-file.ts';
import { type Card, type ExistingFile, findObstacle } from './card.ts';
import { type CardServices, Cards, type MappedFile, type Recognised } from './cards.ts';

const preview: Preview = {
  header: ['date', 'amount'],
  ignoredColumns: [],
  rowsRead: 3,
  rowsGood: 2,
  rowsQuarantined: 1,
  amounts: [],
  months: [],
  firstDate: '2025-06-01',
  lastDate: '2025-06-02',
  hasTransactionIds: false,
  quarantined: [],
  fingerprints: { bytes: new Uint8Array(), counts: new Uint32Array() },
} as unknown as Preview;

const there: ExistingFile = {
  objectKey: 'raw/expenses/owner=ada/may.csv',
  versionId: 'v1',
  bytes: 10,
  lastModified: '2025-06-01T00:00:00Z',
};

/** Returns cards with fake services, and the arguments with which the cards called the services. */
function services(more: Partial<CardServices> = {}) {
  const sent: SendRequest[] = [];
  const discarded: string[] = [];
  const settled: Progress[] = [];
  const fakes: CardServices = {
    templates: async () => [],
    recognise: async (): Promise<Recognised> => ({ kind: 'feed', feed: 'expenses' }),
    map: async (): Promise<readonly MappedFile[]> => [],
    preview: async () => preview,
    overlap: async () => ({ rows: 0 }),
    findExisting: async () => null,
    countBytesSent: async () => 0,
    send: async ({ request }) => {
      sent.push(request);
      return { objectKey: 'raw/expenses/owner=ada/may.csv', versionId: 'v2', resumedBytes: 0 };
    },
    discard: async (_source, _feed, name) => void discarded.push(name),
    getProgress: async () => ({ stage: 'published' }),
    onSettled: (_card, progress) => void settled.push(progress),
    describeError: (error) => ({ title: 'Trouble', detail: error instanceof Error ? error.message : String(error) }),
    ...more,
  };
  return { sent, discarded, settled, cards: new Cards(fakes) };
}

/** Sends until the signal is aborted. */
async function sendUntilAborted({ signal }: Parameters<CardServices['send']>[0]): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

function file(name = 'may.csv', text = 'date,amount\n'): File {
  return new File([text], name, { lastModified: 1 });
}

/** Waits until the cards satisfy the predicate. */
async function until(cards: Cards, is: (all: readonly Card[]) => boolean): Promise<readonly Card[]> {
  return new Promise((resolve) => {
    const look = () => {
      if (!is(cards.all())) return;
      leave();
      resolve(cards.all());
    };
    const leave = cards.subscribe(look);
    look();
  });
}

const inPhase = (phase: Card['phase']['kind']) => (all: readonly Card[]) =>
  all.length > 0 && all.every((card) => card.phase.kind === phase);

test('Cards recognises a dropped file, checks it, sends it and follows its import', async () => {
  const { cards, sent, settled } = services();
  cards.add([file()]);
  const [card] = await until(cards, inPhase('ready'));
  expect(card).toMatchObject({ feed: 'expenses', name: 'may.csv' });
  await cards.send(card?.id ?? '');
  expect(sent).toEqual([{ feed: 'expenses', name: 'may.csv', bytes: 12, contentType: 'text/csv' }]);
  expect(cards.all()[0]?.phase).toMatchObject({ kind: 'following', versionId: 'v2', progress: { stage: 'published' } });
  expect(settled).toEqual([{ stage: 'published' }]);
});

test('Cards checks files in the order of the drop and sends them together', async () => {
  const { cards, sent } = services();
  cards.add([file('a.csv'), file('b.csv'), file('c.csv.gz')]);
  await until(cards, inPhase('ready'));
  cards.sendAll();
  await until(cards, inPhase('following'));
  expect(sent.map(({ name, contentType }) => [name, contentType])).toEqual([
    ['a.csv', 'text/csv'],
    ['b.csv', 'text/csv'],
    ['c.csv.gz', 'application/gzip'],
  ]);
});

test('Cards does not send a file with an existing name until the person chooses to replace the existing file', async () => {
  const { cards, sent } = services({ findExisting: async () => there });
  cards.add([file()]);
  const [card] = await until(cards, inPhase('ready'));
  expect(card && findObstacle(card)).toMatch(/already sent a file with this name/);
  cards.sendAll();
  expect(sent).toEqual([]);

  cards.correct(card?.id ?? '', true);
  const [checked] = await until(cards, inPhase('ready'));
  expect(checked && findObstacle(checked)).toBeNull();
  await cards.send(checked?.id ?? '');
  expect(sent[0]?.replaces).toEqual({ versionId: 'v1' });
});

test('Cards refuses to send a correction if another version is the newest', async () => {
  const { cards } = services({ findExisting: async () => ({ ...there, versionId: 'theirs' }) });
  cards.addCorrection({
    source: file(),
    name: 'may.csv',
    feed: 'expenses',
    fixed: 1,
    basedOn: { uploadId: 7, versionId: 'v1', rows: [2] },
  });
  const [card] = await until(cards, inPhase('ready'));
  expect(card && findObstacle(card)).toMatch(/while you fixed this one/);
});

test('Cards replaces an earlier correction of the same upload by a later one', async () => {
  const { cards } = services({ findExisting: async () => there });
  const basedOn = { uploadId: 7, versionId: 'v1', rows: [2] };
  cards.addCorrection({ source: file(), name: 'may.csv', feed: 'expenses', fixed: 1, basedOn });
  cards.addCorrection({ source: file(), name: 'may.csv', feed: 'expenses', fixed: 2, basedOn });
  expect((await until(cards, inPhase('ready'))).map(({ fixed }) => fixed)).toEqual([2]);
});

const unknown: Recognised = { kind: 'unknown', header: ['Buchungstag'] };
const template = { name: 'Bank', mapping: {} as Mapping };

/** Recognises a bank's export as soon as a template for the export exists. */
const recogniseByTemplate: CardServices['recognise'] = async (_source, _fileName, templates) =>
  templates.length === 0 ? unknown : { kind: 'template', ...template };

test('Cards recognises a file of a feed without loading templates', async () => {
  let asked = 0;
  const { cards } = services({
    templates: async () => {
      asked += 1;
      throw new TypeError('Failed to fetch');
    },
  });
  cards.add([file()]);
  await until(cards, inPhase('ready'));
  expect(asked).toBe(0);
});

test('Cards maps a bank’s export with the template that fits', async () => {
  const { cards } = services({
    templates: async () => [template],
    recognise: recogniseByTemplate,
    map: async () => [{ feed: 'expenses', source: new Blob(['e']) }],
  });
  cards.add([file('umsatz.csv')]);
  const [card] = await until(cards, inPhase('ready'));
  expect(card?.origin?.template).toBe('Bank');
});

test('Cards lets people map an export if templates cannot be loaded, and tries the templates again later', async () => {
  let fails = true;
  const { cards } = services({
    templates: async () => {
      if (fails) throw new Error('The service has a fault.');
      return [template];
    },
    recognise: recogniseByTemplate,
    map: async () => [{ feed: 'expenses', source: new Blob(['e']) }],
  });
  cards.add([file('umsatz.csv')]);
  const [card] = await until(cards, inPhase('unknown'));
  expect(card?.phase).toEqual({
    kind: 'unknown',
    header: ['Buchungstag'],
    templatesError: { title: 'Trouble', detail: 'The service has a fault.' },
  });
  fails = false;
  cards.checkAgain(card?.id ?? '');
  const [checked] = await until(cards, inPhase('ready'));
  expect(checked?.origin?.template).toBe('Bank');
});

test('Cards can check a file again that could not be read before', async () => {
  let fails = true;
  const { cards } = services({
    recognise: async () => {
      if (fails) throw new Error('NotReadableError');
      return { kind: 'feed', feed: 'expenses' };
    },
  });
  cards.add([file()]);
  const [card] = await until(cards, inPhase('stopped'));
  fails = false;
  cards.checkAgain(card?.id ?? '');
  expect((await until(cards, inPhase('ready')))[0]?.feed).toBe('expenses');
});

test('Cards waits until an unknown export is mapped, and then creates one file for each feed', async () => {
  const { cards } = services({
    recognise: async () => ({ kind: 'unknown', header: ['Buchungstag'] }),
    map: async () => [
      { feed: 'expenses', source: new Blob(['e']) },
      { feed: 'incomes', source: new Blob(['i']) },
    ],
  });
  cards.add([file('umsatz.csv'), file('other.csv')]);
  const [card] = await until(cards, inPhase('unknown'));
  const mapping = {} as Mapping;
  await cards.replaceByMapped(card?.id ?? '', { fileName: 'umsatz.csv', source: file(), mapping, template: 'Bank' });
  const all = await until(cards, (now) => now.filter(({ phase }) => phase.kind === 'ready').length === 2);
  expect(all.map(({ name, feed }) => [name, feed])).toEqual([
    ['umsatz-expenses.csv', 'expenses'],
    ['umsatz-incomes.csv', 'incomes'],
    ['other.csv', null],
  ]);
});

test('Cards replaces both files of an export when the person changes the mapping', async () => {
  const { cards } = services({
    map: async () => [
      { feed: 'expenses', source: new Blob(['e']) },
      { feed: 'incomes', source: new Blob(['i']) },
    ],
  });
  const origin = { fileName: 'umsatz.csv', source: file(), mapping: {} as Mapping, template: null };
  cards.add([file('umsatz.csv')]);
  const [card] = await until(cards, inPhase('ready'));
  await cards.replaceByMapped(card?.id ?? '', origin);
  const [first] = await until(cards, (all) => all.length === 2 && inPhase('ready')(all));
  await cards.replaceByMapped(first?.id ?? '', origin);
  expect(await until(cards, inPhase('ready'))).toHaveLength(2);
});

test('Cards maps an export automatically if a template fits', async () => {
  const { cards } = services({
    recognise: async () => ({ kind: 'template', name: 'Bank', mapping: {} as Mapping }),
    map: async () => [{ feed: 'expenses', source: new Blob(['e']) }],
  });
  cards.add([file('umsatz.csv')]);
  const [card] = await until(cards, inPhase('ready'));
  expect(card?.origin?.template).toBe('Bank');
});

test('Cards shows why a send failed and lets people try again', async () => {
  let faults = 1;
  const { cards } = services({
    send: async () => {
      if (faults-- > 0) throw new Error('The storage refused the file.');
      return { objectKey: 'k', versionId: 'v', resumedBytes: 0 };
    },
  });
  cards.add([file()]);
  const [card] = await until(cards, inPhase('ready'));
  await cards.send(card?.id ?? '');
  expect(cards.all()[0]?.phase).toMatchObject({
    kind: 'stopped',
    errorText: { detail: 'The storage refused the file.' },
  });
  await cards.send(card?.id ?? '');
  expect(cards.all()[0]?.phase.kind).toBe('following');
});

test('Cards resumes a paused send', async () => {
  let pauses = 1;
  const { cards } = services({
    send: ({ signal, onProgress }) =>
      new Promise((resolve, reject) => {
        onProgress(5);
        signal.addEventListener('abort', () => reject(signal.reason));
        if (pauses-- <= 0) resolve({ objectKey: 'k', versionId: 'v', resumedBytes: 5 });
      }),
  });
  cards.add([file()]);
  const [card] = await until(cards, inPhase('ready'));
  const sending = cards.send(card?.id ?? '');
  cards.pause(card?.id ?? '');
  await sending;
  expect(cards.all()[0]?.phase).toMatchObject({ kind: 'paused', sent: 5 });
  await cards.send(card?.id ?? '');
  expect(cards.all()[0]?.phase.kind).toBe('following');
});

test('Cards deletes the sent parts of a removed file from S3', async () => {
  const { cards, discarded } = services({ send: sendUntilAborted });
  cards.add([file(), file('other.csv')]);
  const [card, other] = await until(cards, inPhase('ready'));
  void cards.send(card?.id ?? '');
  await cards.remove(card?.id ?? '');
  await cards.remove(other?.id ?? '');
  expect(discarded).toEqual(['may.csv']);
  expect(cards.all()).toEqual([]);
});

test('Cards deletes the parts of a removed file only when the aborted send has ended', async () => {
  const { promise, resolve } = Promise.withResolvers<never>();
  const { cards, discarded } = services({ send: () => promise });
  cards.add([file()]);
  const [card] = await until(cards, inPhase('ready'));
  void cards.send(card?.id ?? '');
  cards.pause(card?.id ?? '');
  const removed = cards.remove(card?.id ?? '');
  expect(cards.all()).toEqual([]);
  expect(discarded).toEqual([]);
  resolve(undefined as never);
  await removed;
  expect(discarded).toEqual(['may.csv']);
});

test('Cards resumes a paused send only when the aborted send has ended', async () => {
  const ends: (() => void)[] = [];
  const { cards } = services({
    send: () => new Promise((_, reject) => ends.push(() => reject(new Error('paused')))),
  });
  cards.add([file()]);
  const [card] = await until(cards, inPhase('ready'));
  void cards.send(card?.id ?? '');
  await expect.poll(() => ends.length).toBe(1);
  cards.pause(card?.id ?? '');
  void cards.send(card?.id ?? '');
  await Promise.resolve();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await expect.poll(() => ends.length).toBe(2);
});

test('Cards lets people send a file if its overlap cannot be checked', async () => {
  const { cards } = services({ overlap: async () => Promise.reject(new Error('No connection')) });
  cards.add([file()]);
  const [card] = await until(cards, ([one]) => one?.phase.kind === 'ready' && one.phase.check.overlap !== null);
  expect(card?.phase).toMatchObject({ check: { overlap: { detail: 'No connection' } } });
  expect(card && findObstacle(card)).toBeNull();
});

test('Cards shows why a file cannot be read, and then reads the next file', async () => {
  let first = true;
  const { cards } = services({
    recognise: async () => {
      if (!first) return { kind: 'feed', feed: 'incomes' };
      first = false;
      throw new Error('The file was moved.');
    },
  });
  cards.add([file('gone.csv'), file('here.csv')]);
  const all = await until(cards, (now) => now.at(1)?.phase.kind === 'ready');
  expect(all[0]?.phase).toMatchObject({ kind: 'stopped', errorText: { detail: 'The file was moved.' } });
});
