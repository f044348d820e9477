import type { Page } from 'playwright-core';

/** What a card of the start page has shown at one time. */
export interface Step {
  readonly state: string;
  readonly stops: string;
}

/** From now on the page remembers every state that any card passes through, in order. */
export async function followCards(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const seen = new Map();
    window.stepsForTest = seen;
    const look = () => {
      for (const card of document.querySelectorAll('#journeys > li')) {
        const steps = seen.get(card.dataset.id) ?? [];
        const step = { state: card.dataset.state, stops: card.querySelector('.stops').textContent };
        const last = steps.at(-1);
        if (last?.state === step.state) last.stops = step.stops;
        else steps.push(step);
        seen.set(card.dataset.id, steps);
      }
    };
    new MutationObserver(look).observe(document.getElementById('journeys'), {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
  })()`);
}

/** The states of the card with this text; of each, what it said at last. */
export function stepsOf(page: Page, text: string): Promise<readonly Step[]> {
  return page.evaluate<Step[]>(`(() => {
    const card = [...document.querySelectorAll('#journeys > li')].find((one) => one.textContent.includes(${JSON.stringify(text)}));
    return window.stepsForTest.get(card.dataset.id);
  })()`);
}
