import { getuid } from 'node:process';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

declare global {
  /** The browser that jest.config.js found. */
  var browserPath: string | undefined;
}

/** A port on loopback, and the one that connections to it are led to instead. */
export interface Detour {
  readonly from: number;
  readonly to: number;
}

/**
 * Starts the browser of this run. Every name and every address but this machine's leads nowhere, and what Chromium would do
 * by itself over the network is switched off: no test sends a packet anywhere but loopback.
 */
export async function openBrowser({ from, to }: Detour): Promise<Browser> {
  const { browserPath: executablePath } = globalThis;
  if (executablePath === undefined) throw new Error('jest.config.js found no browser');
  return chromium.launch({
    executablePath,
    // Root cannot have the sandbox; everybody else keeps it.
    chromiumSandbox: getuid?.() !== 0,
    args: [
      // The first rule that fits counts.
      `--host-resolver-rules=MAP 127.0.0.1:${from} 127.0.0.1:${to}, MAP 127.0.0.1 127.0.0.1, MAP * ~NOTFOUND`,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-domain-reliability',
      '--disable-features=OptimizationHints,MediaRouter,Translate',
      '--no-pings',
      '--no-proxy-server',
      '--font-render-hinting=none',
    ],
  });
}

export interface PageWatch {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in the page, by its own account: errors, broken policies, requests to elsewhere. */
  readonly complaints: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** What the visitor types when the server asks who they are. */
  readonly login?: { readonly username: string; readonly password: string };
  /** What the visitor's browser speaks (BCP 47); default British English. */
  readonly locale?: string;
}

/** A page in a context of its own, as a visitor who was never here. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<PageWatch> {
  const { width = 1280, height = 800, dark = false, locale = 'en-GB' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    ...(options.login === undefined ? {} : { httpCredentials: options.login }),
    colorScheme: dark ? 'dark' : 'light',
    locale,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(40_000);
  const { page, complaints } = await openTab(context, url);
  return { page, context, complaints };
}

/** One more tab of the same visitor. */
export async function openTab(context: BrowserContext, url: string): Promise<Omit<PageWatch, 'context'>> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
