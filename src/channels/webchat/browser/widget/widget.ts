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
  const label = { open: settings['open'] ?? 'Open chat', close: settings['close'] ?? 'Close chat' };
  type Identity = string | (() => string | Promise<string>);
  let identity: Identity = settings['identity'] ?? '';
  let frame: HTMLIFrameElement | undefined;
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

  const isOpen = (): boolean => frame !== undefined && frame.style.display !== 'none';
  const show = (): void => {
    const open = isOpen();
    button.textContent = open ? '×' : unread > 0 ? String(unread) : '…';
    button.setAttribute('aria-expanded', String(open));
    const news = unread > 0 ? ` (${unread})` : '';
    button.setAttribute('aria-label', open ? label.close : `${label.open}${news}`);
  };
  const load = (): HTMLIFrameElement => {
    const made = document.createElement('iframe');
    made.src = page;
    made.title = settings['title'] ?? 'Chat';
    made.setAttribute('data-testid', 'chat-frame');
    style(made, {
      position: 'absolute',
      bottom: '72px',
      [side]: '0',
      width: 'min(400px, calc(100vw - 40px))',
      height: 'min(640px, calc(100vh - 120px))',
      border: '1px solid rgb(128 128 128 / 40%)',
      'border-radius': '12px',
      background: 'Canvas',
      'box-shadow': '0 8px 30px rgb(0 0 0 / 30%)',
    });
    container.append(made);
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
    if (frame !== undefined) frame.style.display = 'none';
    show();
    button.focus();
  };
  const answer = async (): Promise<void> => {
    frame?.contentWindow?.postMessage({ [name]: 'here' }, origin);
    const who = await Promise.resolve(typeof identity === 'function' ? identity() : identity).catch(() => '');
    const language = settings['language'] ?? document.documentElement.lang;
    frame?.contentWindow?.postMessage({ [name]: 'host', identity: who, language }, origin);
  };
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== origin || frame === undefined || event.source !== frame.contentWindow) return;
    const { data } = event;
    const what = typeof data === 'object' && data !== null && name in data ? data[name] : undefined;
    if (what === 'ready') void answer();
    else if (what === 'close') close();
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
