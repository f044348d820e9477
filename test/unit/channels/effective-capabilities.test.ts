import { expect, test } from '@jest/globals';
import type { Capabilities } from '../../../src/channels/adapter.js';
import { effectiveCapabilities } from '../../../src/channels/effective-capabilities.js';

const can: Capabilities = {
  text: { max: 2000, unit: 'codepoint', markup: 'html' },
  rich: {
    listpicker: 'native',
    template: 'partial',
    form: 'text',
    authentication: 'native',
    pagePush: 'native',
  },
  typing: { inbound: true, outbound: false },
  deletes: true,
  attachments: { inbound: false, outbound: true },
  idempotent: false,
  redeliveryWindowMs: 1000,
};

test('without restrictions everything is left that the kind can do, and nothing more', () => {
  expect(effectiveCapabilities(can)).toEqual({
    ...can,
    files: { inbound: { enabled: false }, outbound: {} },
    systemMessages: true,
  });
});

test('every restriction takes something away', () => {
  const left = effectiveCapabilities(can, {
    inbound: { maxTextLength: 50, features: ['attachments'] },
    outbound: {
      maxTextLength: 100,
      features: ['typing_events', 'attachments'],
      attachmentPolicy: { enabled: true, maxSize: 10, type: 'block', extensions: ['exe'] },
      richMessageTypes: ['richMessage.ListPicker', 'form'],
      systemMessages: false,
    },
  });
  expect(left).toEqual({
    ...can,
    text: { max: 100, unit: 'codepoint', markup: 'none' },
    inboundTextMax: 50,
    rich: {
      listpicker: 'native',
      template: 'text',
      form: 'text',
      authentication: 'text',
      pagePush: 'native',
    },
    typing: { inbound: false, outbound: false },
    files: {
      inbound: { enabled: false },
      outbound: { enabled: true, maxSize: 10, type: 'block', extensions: ['exe'] },
    },
    systemMessages: false,
  });
});

test('what asks for more gets no more', () => {
  const { text, rich, typing, attachments } = effectiveCapabilities(
    { ...can, text: { ...can.text, markup: 'none' } },
    {
      inbound: { features: ['attachments', 'typing_events'] },
      outbound: { maxTextLength: 9000, features: ['richText', 'typing_events'], richMessageTypes: ['form'] },
    },
  );
  expect([text.max, text.markup, rich['form'], typing, attachments.inbound]).toEqual([
    2000,
    'none',
    'text',
    { inbound: true, outbound: false },
    false,
  ]);
});
