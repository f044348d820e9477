import type { Capabilities } from '../adapter.js';

const day = 24 * 60 * 60 * 1000;

/** What the chat's page shows and sends. What it has no form for is shown as text. */
export const webchatCapabilities: Capabilities = {
  text: { max: 16_384, unit: 'utf16', markup: 'html' },
  rich: {
    listpicker: 'native',
    quickreply: 'native',
    timepicker: 'native',
    richlink: 'native',
    template: 'partial',
    form: 'text',
    payment: 'text',
    app: 'text',
    authentication: 'text',
    pagePush: 'native',
  },
  typing: { inbound: true, outbound: true },
  deletes: false,
  attachments: { inbound: true, outbound: true },
  idempotent: true,
  // A tab that was closed while it sent asks again when it is opened next, as long as its session lasts.
  redeliveryWindowMs: day,
};
