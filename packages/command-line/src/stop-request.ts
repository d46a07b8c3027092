/** A request to stop this process: Ctrl-C, a signal, or the end of the parent process. */
export interface StopRequest {
  /**
   * An abort signal that the first request aborts. The reason is the name of the process signal, or a description of
   * the cause.
   */
  readonly signal: AbortSignal;
  /** A promise that settles when the first request arrives. */
  readonly received: Promise<undefined>;
}

/** Starts to listen for requests to stop. From then on, the signals do not end the process. */
export function listenForStop(): StopRequest {
  const controller = new AbortController();
  const received = new Promise<undefined>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  process.once('disconnect', () => controller.abort('the parent process has ended'));
  return { signal: controller.signal, received };
}
