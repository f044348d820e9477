import type { Capabilities } from '../adapter.js';
import type { WebhookConfig } from './config.js';

/** In whatever unit the channel counts. */
export const longestText = 65_536;

const day = 24 * 60 * 60 * 1000;

/**
 * The receiver is a program, so nearly everything is passed on as it is. The text limit only keeps one request at a
 * sensible size; a manifest narrows it to what the channel's own clients show. Without settings: what the kind can do at
 * the most.
 */
export const capabilitiesOf = (
  settings: Pick<WebhookConfig, 'html' | 'textUnit'> | undefined,
): Capabilities => ({
  text: {
    max: longestText,
    unit: settings?.textUnit ?? 'utf16',
    markup: settings?.html === 'none' ? 'none' : 'html',
  },
  rich: {
    listpicker: 'native',
    quickreply: 'native',
    template: 'native',
    timepicker: 'native',
    richlink: 'native',
    form: 'native',
    payment: 'native',
    app: 'native',
    authentication: 'native',
    pagePush: 'native',
  },
  typing: { inbound: true, outbound: true },
  deletes: true,
  attachments: { inbound: true, outbound: true },
  idempotent: true,
  // The longest schedule a Standard Webhooks sender is advised to follow ends after about 76 hours.
  redeliveryWindowMs: 4 * day,
});
