/** Ctrl-C, a signal, or the end of the process that started this one. */
export interface Told {
  /** Aborted as soon as somebody asks for the end. */
  readonly signal: AbortSignal;
  readonly ended: Promise<undefined>;
}

export function untilTold(): Told {
  const controller = new AbortController();
  const ended = new Promise<undefined>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  process.once('disconnect', () => controller.abort('the process that started this one is gone'));
  return { signal: controller.signal, ended };
}
