import type { Page } from 'playwright-core';

export interface Announcement {
  readonly text: string;
  /** How urgent the region says it is. */
  readonly live: string;
}

/**
 * From now on, and after every reload, keeps what a screen reader would be told: texts that are added to a live region or
 * change in one, each by the nearest region around it (WAI-ARIA 1.2: `aria-live`, and the roles that imply it).
 */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(`(() => {
    const implied = { log: 'polite', status: 'polite', alert: 'assertive' };
    const told = [];
    Object.defineProperty(window, 'heardByTest', { value: told });
    const liveOf = (element) => {
      for (let one = element; one instanceof Element; one = one.parentElement) {
        const live = one.getAttribute('aria-live') ?? implied[one.getAttribute('role')];
        if (live !== undefined && live !== null) return live;
      }
      return 'off';
    };
    new MutationObserver((mutations) => {
      for (const { type, target, addedNodes } of mutations) {
        const changed = type === 'characterData' ? [target] : [...addedNodes];
        for (const node of changed) {
          const text = (node.textContent ?? '').trim();
          const element = node instanceof Element ? node : node.parentElement;
          const live = element === null ? 'off' : liveOf(element);
          if (text !== '' && live !== 'off') told.push({ text, live });
        }
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  })()`);
}

/** What was told since the page was loaded. */
export async function heard(page: Page): Promise<readonly Announcement[]> {
  return page.evaluate<Announcement[]>('heardByTest');
}
