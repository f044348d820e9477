import type { Page } from 'playwright-core';

/** Where parts of a page are looked for: a tab, or a frame in one. */
export type Root = Pick<Page, 'getByRole' | 'getByLabel' | 'getByText' | 'getByTestId' | 'locator'>;
