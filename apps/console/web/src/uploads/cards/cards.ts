/** Stores dropped files outside React, so that files survive navigation and sending continues. */
import type { Mapping, Preview } from '@centflow/preview';
import { buildFeedFileName, findFreeName, findNameProblem, isGzip, proposeName } from '../drop/object-name.ts';
import { follow, type Progress } from '../follow/follow.ts';
import type { SendRequest, Sent } from '../sending/send-file.ts';
import type { Feed } from '../shared/feeds.ts';
import {
  type Basis,
  type Card,
  type ErrorText,
  type ExistingFile,
  type FileCheck,
  findObstacle,
  isUnsent,
  type Origin,
  type Overlap,
  type Phase,
} from './card.ts';

/** The kind of a file, recognised from the file's header. */
export type Recognised =
  | { readonly kind: 'feed'; readonly feed: Feed }
  | { readonly kind: 'template'; readonly name: string; readonly mapping: Mapping }
  | { readonly kind: 'unknown'; readonly header: readonly string[] };

/** A file of one feed, created by a mapping. */
export interface MappedFile {
  readonly feed: Feed;
  readonly source: Blob;
}

/** A mapping that a person saved for a bank's exports. */
export interface Template {
  readonly name: string;
  readonly mapping: Mapping;
}

/** The services of cards: the worker, the API and the storage. */
export interface CardServices {
  templates(): Promise<readonly Template[]>;
  recognise(source: Blob, fileName: string, templates: readonly Template[]): Promise<Recognised>;
  map(origin: Origin): Promise<readonly MappedFile[]>;
  preview(request: {
    readonly source: Blob;
    readonly name: string;
    readonly feed: Feed;
    readonly signal: AbortSignal;
    readonly onProgress: (share: number) => void;
  }): Promise<Preview>;
  overlap(preview: Preview, feed: Feed, replaced: ExistingFile | null): Promise<Overlap>;
  findExisting(feed: Feed, name: string): Promise<ExistingFile | null>;
  /** Returns the number of bytes that S3 already stores from an interrupted send. */
  countBytesSent(source: Blob, feed: Feed, name: string): Promise<number>;
  send(request: {
    readonly source: Blob;
    readonly request: SendRequest;
    readonly signal: AbortSignal;
    readonly onProgress: (sent: number) => void;
    readonly onWaiting: (waiting: boolean) => void;
  }): Promise<Sent>;
  discard(source: Blob, feed: Feed, name: string): Promise<void>;
  getProgress(objectKey: string, versionId: string, signal: AbortSignal): Promise<Progress>;
  /** Called when the job has processed a file. */
  onSettled(card: Card, progress: Progress): void;
  describeError(error: unknown): ErrorText;
}

export class Cards {
  #cards: readonly Card[] = [];
  #next = 1;
  readonly #services: CardServices;
  readonly #listeners = new Set<() => void>();
  /** The controller of the current step of each card. A new step aborts the previous one. */
  readonly #steps = new Map<string, AbortController>();
  /**
   * The last send of each card. An aborted send ends only when its current API call has been answered. Until then, it can
   * still start an upload of parts.
   */
  readonly #sends = new Map<string, Promise<unknown>>();
  /** The queue of files to read. All files share one worker, so reading two files at once would not be faster. */
  #reading: Promise<void> = Promise.resolve();

  constructor(services: CardServices) {
    this.#services = services;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly all = (): readonly Card[] => this.#cards;

  /** Adds files in the order of the drop and checks each file. */
  add(files: readonly File[]): void {
    for (const file of files) {
      const card = this.#newCard({
        source: file,
        fileName: file.name,
        name: proposeName(file.name),
        feed: null,
        origin: null,
      });
      this.#put([...this.#cards, card]);
      this.#recognise(card.id);
    }
  }

  /** Adds a corrected version of an object and checks it. */
  addCorrection(correction: { source: Blob; name: string; feed: Feed; fixed: number; basedOn: Basis }): string {
    const { source, name, feed, fixed, basedOn } = correction;
    const card = {
      ...this.#newCard({ source, fileName: name, name, feed, origin: null }),
      fixed,
      basedOn,
      corrects: true,
    };
    // A new correction replaces an earlier correction that was not sent.
    const stale = this.#cards.filter((other) => other.basedOn?.uploadId === basedOn.uploadId && isUnsent(other));
    for (const { id } of stale) this.#stop(id);
    this.#put([...this.#cards.filter((other) => !stale.includes(other)), card]);
    this.#read(card.id);
    return card.id;
  }

  /** Adds a file that the console made, under a new name. */
  addMade(made: { source: Blob; name: string; feed: Feed }): string {
    const card = this.#newCard({ ...made, fileName: made.name, origin: null });
    this.#put([...this.#cards, card]);
    this.#read(card.id);
    return card.id;
  }

  /** Sets the type of an unrecognised file. */
  choose(id: string, feed: Feed): void {
    this.#set(id, { feed, corrects: false });
    this.#read(id);
  }

  rename(id: string, name: string): void {
    this.#set(id, { name, corrects: false });
    this.#read(id);
  }

  /** Changes the file's name to the next free name, because another file has the same name. */
  renameToFree(id: string): void {
    const card = this.#card(id);
    if (card !== undefined) this.rename(id, findFreeName(card.name, new Set(this.#cards.map(({ name }) => name))));
  }

  /** Sets whether the file replaces the object of the same name. */
  correct(id: string, corrects: boolean): void {
    this.#set(id, { corrects });
    this.#read(id);
  }

  /** Replaces the bytes to send, because rows were fixed. */
  replaceSource(id: string, source: Blob, name: string, fixed: number): void {
    const card = this.#card(id);
    this.#set(id, { source, name, fixed: (card?.fixed ?? 0) + fixed });
    this.#read(id);
  }

  /** Maps an export and replaces its card by one card for each feed. */
  async replaceByMapped(id: string, origin: Origin): Promise<void> {
    const at = this.#cards.findIndex((card) => card.id === id);
    const before = this.#cards[at];
    if (before === undefined) return;
    this.#stop(id);
    const files = await this.#services.map(origin);
    const made = files.map(({ feed, source }) =>
      this.#newCard({
        source,
        fileName: origin.fileName,
        name: buildFeedFileName(origin.fileName, feed),
        feed,
        origin,
      }),
    );
    if (made.length === 0) {
      this.#phase(id, {
        kind: 'stopped',
        errorText: { title: 'No rows', detail: 'No rows could be read with these columns. Match the columns again.' },
        check: null,
      });
      return;
    }
    // Removes the cards that an earlier mapping of the same export created.
    const siblings = new Set(
      this.#cards
        .filter(
          (card) =>
            card.id !== id &&
            before.origin !== null &&
            card.origin?.source === before.origin.source &&
            card.phase.kind !== 'following',
        )
        .map((card) => card.id),
    );
    for (const sibling of siblings) this.#stop(sibling);
    this.#put(this.#cards.flatMap((card) => (card.id === id ? made : siblings.has(card.id) ? [] : [card])));
    for (const card of made) this.#read(card.id);
  }

  /** Sends all files that are ready. */
  sendAll(): void {
    for (const card of this.#cards) if (findObstacle(card) === null) void this.send(card.id);
  }

  async send(id: string): Promise<void> {
    const card = this.#card(id);
    const check = card === undefined ? null : getCheck(card.phase);
    if (card === undefined || card.feed === null || check === null) return;
    const signal = this.#start(id);
    const { source, feed, name } = card;
    const replaced = card.basedOn?.versionId ?? (card.corrects ? check.existing?.versionId : undefined);
    const request: SendRequest = {
      feed,
      name,
      bytes: source.size,
      contentType: isGzip(name) ? 'application/gzip' : 'text/csv',
      ...(replaced === undefined ? {} : { replaces: { versionId: replaced } }),
    };
    let sent = 0;
    let waiting = false;
    const show = () => {
      if (!signal.aborted) this.#phase(id, { kind: 'sending', sent, waiting, check });
    };
    show();
    try {
      const earlier = this.#sends.get(id);
      if (earlier !== undefined) await earlier;
      if (signal.aborted) return;
      const sending = this.#services.send({
        source,
        request,
        signal,
        onProgress: (bytes) => {
          sent = bytes;
          show();
        },
        onWaiting: (now) => {
          if (waiting === now) return;
          waiting = now;
          show();
        },
      });
      this.#sends.set(
        id,
        sending.catch(() => undefined),
      );
      const { objectKey, versionId } = await sending;
      await this.#follow(id, objectKey, versionId);
    } catch (error) {
      if (signal.aborted) return;
      const errorText = this.#services.describeError(error);
      this.#phase(id, { kind: 'stopped', errorText, check });
    }
  }

  /** Pauses sending. S3 keeps the parts that were already sent. */
  pause(id: string): void {
    const phase = this.#card(id)?.phase;
    if (phase?.kind !== 'sending') return;
    this.#stop(id);
    this.#phase(id, { kind: 'paused', sent: phase.sent, check: phase.check });
  }

  /** Checks a file again, because other uploads may have changed in the meantime. */
  checkAgain(id: string): void {
    if (this.#card(id)?.feed === null) this.#recognise(id);
    else this.#read(id);
  }

  /** Removes a card and deletes the parts that S3 already stores. */
  async remove(id: string): Promise<void> {
    const card = this.#card(id);
    if (card === undefined) return;
    this.#stop(id);
    this.#put(this.#cards.filter((other) => other.id !== id));
    const { phase, feed } = card;
    const hasSentParts =
      phase.kind === 'sending' ||
      phase.kind === 'paused' ||
      phase.kind === 'stopped' ||
      (phase.kind === 'ready' && phase.check.bytesSent > 0);
    if (!hasSentParts || feed === null) return;
    await this.#sends.get(id);
    this.#sends.delete(id);
    await this.#services.discard(card.source, feed, card.name).catch(() => undefined);
  }

  /** Removes the cards of published files. */
  clearSettled(): void {
    this.#put(this.#cards.filter(({ phase }) => !(phase.kind === 'following' && phase.progress.stage === 'published')));
  }

  #recognise(id: string): void {
    this.#queue(id, async (card) => {
      const { recognised, templatesError } = await this.#compare(card);
      if (recognised.kind === 'feed') {
        this.#set(id, { feed: recognised.feed });
        this.#read(id);
      } else if (recognised.kind === 'template') {
        const { name, mapping } = recognised;
        await this.replaceByMapped(id, { fileName: card.fileName, source: card.source, mapping, template: name });
      } else this.#phase(id, { kind: 'unknown', header: recognised.header, templatesError });
    });
  }

  /**
   * Compares a file with the feeds and then with the templates. If the templates cannot be loaded, the person can still
   * map the file.
   */
  async #compare({ source, fileName }: Card): Promise<{
    readonly recognised: Recognised;
    readonly templatesError: ErrorText | null;
  }> {
    const recognised = await this.#services.recognise(source, fileName, []);
    if (recognised.kind !== 'unknown') return { recognised, templatesError: null };
    let templates: readonly Template[];
    try {
      templates = await this.#services.templates();
    } catch (error) {
      return { recognised, templatesError: this.#services.describeError(error) };
    }
    if (templates.length === 0) return { recognised, templatesError: null };
    return { recognised: await this.#services.recognise(source, fileName, templates), templatesError: null };
  }

  #read(id: string): void {
    const signal = this.#start(id);
    this.#queue(id, async ({ source, feed, name, corrects, basedOn }) => {
      if (feed === null || signal.aborted) return;
      const preview = await this.#services.preview({
        source,
        name,
        feed,
        signal,
        onProgress: (share) => {
          if (!signal.aborted) this.#phase(id, { kind: 'reading', share });
        },
      });
      const [bytesSent, existing] = await Promise.all([
        this.#services.countBytesSent(source, feed, name),
        findNameProblem(name, basedOn !== null) === null ? this.#services.findExisting(feed, name) : null,
      ]);
      if (signal.aborted) return;
      this.#phase(id, { kind: 'ready', check: { preview, overlap: null, existing, bytesSent } });
      // Comparing a large file takes longer than reading the file. The person may send the file before the result is
      // known.
      const overlap = await this.#services
        .overlap(preview, feed, corrects ? existing : null)
        .catch((error: unknown) => this.#services.describeError(error));
      const phase = this.#card(id)?.phase;
      if (phase && 'check' in phase && phase.check?.preview === preview) {
        this.#phase(id, { ...phase, check: { ...phase.check, overlap } });
      }
    });
  }

  async #follow(id: string, objectKey: string, versionId: string): Promise<void> {
    const signal = this.#start(id);
    let progress: Progress = { stage: 'received' };
    let offline = false;
    const sentAt = new Date().toISOString();
    const show = () => {
      if (!signal.aborted) this.#phase(id, { kind: 'following', objectKey, versionId, sentAt, progress, offline });
    };
    show();
    await follow({
      getProgress: (aborted) => this.#services.getProgress(objectKey, versionId, aborted),
      signal,
      onProgress: (now) => {
        progress = now;
        show();
      },
      onOffline: (now) => {
        if (offline === now) return;
        offline = now;
        show();
      },
    });
    const card = this.#card(id);
    if (card !== undefined) this.#services.onSettled(card, progress);
  }

  /** Runs a step of a card when the worker is free. If the step fails, shows the error on the card. */
  #queue(id: string, step: (card: Card) => Promise<void>): void {
    this.#phase(id, { kind: 'reading', share: 0 });
    this.#reading = this.#reading.then(async () => {
      const card = this.#card(id);
      if (card === undefined) return;
      try {
        await step(card);
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError')) {
          this.#phase(id, { kind: 'stopped', errorText: this.#services.describeError(error), check: null });
        }
      }
    });
  }

  #newCard(card: Pick<Card, 'source' | 'fileName' | 'name' | 'feed' | 'origin'>): Card {
    return {
      ...card,
      id: `card-${this.#next++}`,
      corrects: false,
      fixed: 0,
      basedOn: null,
      phase: { kind: 'reading', share: 0 },
    };
  }

  #start(id: string): AbortSignal {
    this.#stop(id);
    const controller = new AbortController();
    this.#steps.set(id, controller);
    return controller.signal;
  }

  #stop(id: string): void {
    this.#steps.get(id)?.abort();
    this.#steps.delete(id);
  }

  #card(id: string): Card | undefined {
    return this.#cards.find((card) => card.id === id);
  }

  #phase(id: string, phase: Phase): void {
    this.#set(id, { phase });
  }

  #set(id: string, changes: Partial<Card>): void {
    this.#put(this.#cards.map((card) => (card.id === id ? { ...card, ...changes } : card)));
  }

  #put(cards: readonly Card[]): void {
    this.#cards = cards;
    for (const listener of [...this.#listeners]) listener();
  }
}

function getCheck(phase: Phase): FileCheck | null {
  return 'check' in phase ? phase.check : null;
}
