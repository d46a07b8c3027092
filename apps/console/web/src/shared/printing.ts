/** Tracks whether the page is being printed. Prints use the light scheme. */
import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

const listeners = new Set<() => void>();
let printing = false;

/**
 * Switches to the light scheme before printing and back after printing. The switch is synchronous, because the browser
 * does not wait.
 */
export function followPrinting(): void {
  const { dataset } = document.documentElement;
  let scheme: string | undefined;
  const turn = (now: boolean) => {
    printing = now;
    flushSync(() => {
      for (const listener of listeners) listener();
    });
  };
  addEventListener('beforeprint', () => {
    scheme = dataset.mantineColorScheme;
    dataset.mantineColorScheme = 'light';
    turn(true);
  });
  addEventListener('afterprint', () => {
    if (scheme !== undefined) dataset.mantineColorScheme = scheme;
    turn(false);
  });
}

export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
