/** A request to stop this process: Ctrl-C, a signal, or the end of the parent process. */
export interface StopRequest {
  /** Is aborted by the first request. Its reason is the signal, or a text that names the cause. */
  readonly signal: AbortSignal;
  /** Settles with the first request. */
  readonly received: Promise<undefined>;
}

/** Starts to listen for requests to stop. The signals no longer end the process. */
export function listenForStop(): StopRequest {
  const controller = new AbortController();
  const received = new Promise<undefined>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  process.once('disconnect', () => controller.abort('the parent process has ended'));
  return { signal: controller.signal, received };
}
