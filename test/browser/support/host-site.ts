import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of somebody else's that embeds a chat: an origin of its own, and the strict policy that a careful site has. */
export interface HostSite {
  readonly origin: string;
  /** Address of a page that embeds the widget. */
  page(widget: string, attributes?: Readonly<Record<string, string>>): string;
  close(): Promise<void>;
}

/** @param chat origin of the bridge, the only one besides itself that the site's policy allows; told when it is known */
export async function startHostSite(chat: () => string): Promise<HostSite> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://host');
    const attributes = [...searchParams].map(([name, value]) => `${name}="${escaped(value)}"`).join(' ');
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': [
          "default-src 'none'",
          `script-src ${chat()}`,
          `frame-src ${chat()}`,
          `connect-src ${chat()}`,
          "require-trusted-types-for 'script'",
        ].join('; '),
      })
      .end(
        `<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1><script ${attributes} async></script></html>`,
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    page: (widget, attributes = {}) =>
      `${origin}/?${new URLSearchParams({ src: widget, ...attributes }).toString()}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}
