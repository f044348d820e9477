/**
 * What other sites embed: `<script src="…/chat/support/widget.js" async></script>`. A button, and the chat in a frame of
 * its own, where neither page can reach into the other. It is no module, so that it can find its own element.
 */
(() => {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement) || script.src === '') return;
  const name = 'egain-bridge-chat';
  const page = new URL('.', script.src).href.replace(/\/$/, '');
  const { origin } = new URL(page);
  const settings = script.dataset;
  const onLeft = settings['side'] === 'left';
  const label = {
    open: settings['open'] ?? 'Open chat',
    close: settings['close'] ?? 'Close chat',
    unavailable: settings['unavailable'] ?? 'This chat is not available here.',
  };
  type Identity = string | (() => string | Promise<string>);
  let identity: Identity = settings['identity'] ?? '';
  /** The chat tells that it is there as soon as it runs; after this it does not run. Milliseconds. */
  const patienceMs = 3000;
  let frame: HTMLIFrameElement | undefined;
  let notice: HTMLElement | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let ready = false;
  let unread = 0;

  const style = (element: HTMLElement, rules: Readonly<Record<string, string>>): void => {
    for (const [property, value] of Object.entries(rules)) element.style.setProperty(property, value);
  };
  const container = document.createElement('div');
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.setAttribute('data-testid', 'chat-button');
  const side = onLeft ? 'left' : 'right';
  style(container, { position: 'fixed', bottom: '20px', [side]: '20px', 'z-index': '2147483000' });
  style(button, {
    width: '56px',
    height: '56px',
    border: '0',
    'border-radius': '50%',
    background: settings['color'] ?? '#1b5fb4',
    color: '#ffffff',
    font: '600 18px system-ui, sans-serif',
    cursor: 'pointer',
    'box-shadow': '0 2px 10px rgb(0 0 0 / 35%)',
  });
  container.append(button);

  const isOpen = (): boolean =>
    notice !== undefined || (frame !== undefined && frame.style.display !== 'none');
  const show = (): void => {
    const open = isOpen();
    button.textContent = open ? '×' : unread > 0 ? String(unread) : '…';
    button.setAttribute('aria-expanded', String(open));
    const news = unread > 0 ? ` (${unread})` : '';
    button.setAttribute('aria-label', open ? label.close : `${label.open}${news}`);
  };
  const place = (element: HTMLElement): void => {
    style(element, {
      position: 'absolute',
      bottom: '72px',
      [side]: '0',
      width: 'min(400px, calc(100vw - 40px))',
      border: '1px solid rgb(128 128 128 / 40%)',
      'border-radius': '12px',
      background: 'Canvas',
      color: 'CanvasText',
      'box-shadow': '0 8px 30px rgb(0 0 0 / 30%)',
    });
    container.append(element);
  };
  /** The browser shows an empty frame to a site that the chat does not know, and tells nobody why. */
  const tellUnavailable = (): void => {
    if (frame === undefined) return;
    console.error(
      `No chat at ${page}: it has to be reachable, and ${location.origin} must stand in the channel's setting "origins".`,
    );
    const wasOpen = isOpen();
    frame.remove();
    frame = undefined;
    if (!wasOpen) return;
    notice = document.createElement('p');
    notice.setAttribute('role', 'alert');
    notice.setAttribute('data-testid', 'chat-unavailable');
    place(notice);
    style(notice, {
      margin: '0',
      padding: '16px',
      'box-sizing': 'border-box',
      font: '16px system-ui, sans-serif',
    });
    notice.textContent = label.unavailable;
  };
  const load = (): HTMLIFrameElement => {
    const made = document.createElement('iframe');
    made.src = page;
    made.title = settings['title'] ?? 'Chat';
    made.setAttribute('data-testid', 'chat-frame');
    style(made, { height: 'min(640px, calc(100vh - 120px))' });
    // A frame that was refused has loaded as well.
    made.addEventListener('load', () => {
      clearTimeout(patience);
      if (!ready) patience = setTimeout(tellUnavailable, patienceMs);
    });
    place(made);
    return made;
  };
  const open = (): void => {
    frame ??= load();
    frame.style.display = '';
    unread = 0;
    show();
    frame.focus();
  };
  const close = (): void => {
    notice?.remove();
    notice = undefined;
    if (frame !== undefined) frame.style.display = 'none';
    show();
    button.focus();
  };
  const answer = async (): Promise<void> => {
    frame?.contentWindow?.postMessage({ [name]: 'here' }, origin);
    // The site's own function may fail in any way; the chat then begins without it, where it may.
    const asked = async (): Promise<string> => (typeof identity === 'function' ? identity() : identity);
    const who = await asked().catch(() => '');
    const language = settings['language'] ?? document.documentElement.lang;
    frame?.contentWindow?.postMessage({ [name]: 'host', identity: who, language }, origin);
  };
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== origin || frame === undefined || event.source !== frame.contentWindow) return;
    const { data } = event;
    const what = typeof data === 'object' && data !== null && name in data ? data[name] : undefined;
    if (what === 'ready') {
      ready = true;
      clearTimeout(patience);
      void answer();
    } else if (what === 'close') close();
    else if (what === 'message' && !isOpen()) {
      unread += 1;
      show();
    }
  });
  button.addEventListener('click', () => {
    if (isOpen()) close();
    else open();
  });
  Object.defineProperty(window, 'egainBridgeChat', {
    value: {
      open,
      close,
      /** A signed identity, or a function that fetches a fresh one; the chat begins anew with it. */
      identify: (who: Identity): void => {
        identity = who;
        ready = false;
        if (frame !== undefined) frame.src = page;
      },
    },
  });
  const attach = (): void => {
    show();
    document.body.append(container);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', attach);
  else attach();
})();
