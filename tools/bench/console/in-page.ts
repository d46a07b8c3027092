/**
 * The script that records times in the page. The script is a string, because this package is not compiled for browsers.
 */

export interface Noted {
  /**
   * The longest task of the main thread in milliseconds, since the last change of a file input or since the navigation.
   */
  readonly longestTaskMs: number;
  /** Milliseconds from the navigation until the first frame after a chart was added to the page. */
  readonly chartMs?: number;
  /** Milliseconds from the choice of a file until its preview shows the button to send the file. */
  readonly previewMs?: number;
}

export const READ_NOTES = 'globalThis.noted';

/** This script must run before the page's own scripts. */
export const TAKE_NOTES = `{
  const noted = { longestTaskMs: 0 };
  globalThis.noted = noted;
  let changed;
  const atNextFrame = (note) => requestAnimationFrame(() => setTimeout(note));
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.longestTaskMs = Math.max(noted.longestTaskMs, duration);
  }).observe({ type: 'longtask', buffered: true });
  addEventListener('change', ({ target }) => {
    if (target.type !== 'file') return;
    changed = performance.now();
    noted.longestTaskMs = 0;
  }, { capture: true });
  const offersToSend = () => [...document.querySelectorAll('article button')].some((button) => button.textContent.startsWith('Send'));
  let drawn = false;
  let previewed = false;
  new MutationObserver(() => {
    if (!drawn && document.querySelector('[role=img][aria-label^="Chart:"] svg path')) {
      drawn = true;
      atNextFrame(() => { noted.chartMs = performance.now(); });
    }
    if (!previewed && changed !== undefined && offersToSend()) {
      previewed = true;
      atNextFrame(() => { noted.previewMs = performance.now() - changed; });
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}`;
