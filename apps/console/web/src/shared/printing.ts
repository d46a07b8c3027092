/** Whether the page is being printed: on white paper then, whatever scheme the screen has. */
import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

const told = new Set<() => void>();
let printing = false;

/** Before the browser lays the page out for paper, and again when it is done. It waits for nothing that is put off. */
export function followPrinting(): void {
  const { dataset } = document.documentElement;
  let scheme: string | undefined;
  const turn = (now: boolean) => {
    printing = now;
    flushSync(() => {
      for (const tell of told) tell();
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

function subscribe(tell: () => void): () => void {
  told.add(tell);
  return () => told.delete(tell);
}
