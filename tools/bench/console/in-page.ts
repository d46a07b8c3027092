/** A script with which the page records its times. It is text, because this package is not compiled for browsers. */

export interface Noted {
  /** The longest task of the main thread since the last change of a file input, or since the navigation. */
  readonly longestTaskMs: number;
  /** From the navigation until the first frame after a chart was added to the page. */
  readonly chartMs?: number;
  /** From the choice of a file until its preview offers to send it. */
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
