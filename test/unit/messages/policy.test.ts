import { describe, expect, test } from '@jest/globals';
import type { Attachment, InboundMessage } from '../../../src/messages/model.js';
import {
  checkFile,
  checkInbound,
  readableSize,
  textOfRefusal,
  type AttachmentPolicy,
} from '../../../src/messages/policy.js';
import { builtInTexts } from '../../../src/messages/texts.js';

const message = (fields: Partial<InboundMessage> = {}): InboundMessage => ({
  id: 'm',
  type: 'text',
  customer: { id: 'u' },
  text: 'Hi',
  ...fields,
});
const file = (name: string, size?: number): Attachment => ({
  name,
  assetId: 'a',
  ...(size !== undefined && { size }),
});

describe('checkInbound: what the manifest lets a customer send', () => {
  test('everything without restrictions', () => {
    expect(checkInbound(message({ attachments: [file('a.exe', 1e9)] }))).toEqual({ kind: 'ok' });
    expect(checkInbound(message({ type: 'typing.start' }), { features: [] })).toEqual({ kind: 'ok' });
  });
  test('a text of exactly the limit, and no longer one', () => {
    expect(checkInbound(message({ text: 'x'.repeat(140) }), { maxTextLength: 140 })).toEqual({ kind: 'ok' });
    expect(checkInbound(message({ text: 'x'.repeat(141) }), { maxTextLength: 140 })).toEqual({
      kind: 'refused',
      refusal: { reason: 'text-too-long', params: ['140'] },
      files: [],
    });
  });
  test('typing only where the channel has it', () => {
    const verdict = checkInbound(message({ type: 'typing.end' }), { features: ['attachments'] });
    expect(verdict).toMatchObject({ kind: 'refused', refusal: { reason: 'typing-not-allowed' } });
    expect(checkInbound(message({ type: 'typing.end' }), { features: ['typing_events'] })).toEqual({
      kind: 'ok',
    });
  });
  test('files only where the channel has them; the text still goes', () => {
    const verdict = checkInbound(message({ attachments: [file('a.pdf')] }), { features: ['typing_events'] });
    expect(verdict).toEqual({
      kind: 'without-files',
      dropFiles: [{ index: 0, reason: 'files-not-allowed', params: [] }],
    });
  });
  test('a bad file among good ones is dropped alone', () => {
    const restrictions = { attachmentPolicy: { type: 'block', extensions: ['exe'], maxSize: 2048 } } as const;
    const attachments = [file('a.pdf', 10), file('b.EXE', 10), file('c.pdf', 2049)];
    expect(checkInbound(message({ attachments }), restrictions)).toEqual({
      kind: 'without-files',
      dropFiles: [
        { index: 1, reason: 'file-extension', params: ['exe'] },
        { index: 2, reason: 'file-too-large', params: ['2 KB'] },
      ],
    });
  });
  test('a message that was only bad files is refused as a whole', () => {
    const { text: removed, ...bare } = message({ attachments: [file('a.exe')] });
    expect(removed).toBe('Hi');
    expect(checkInbound(bare, { attachmentPolicy: { type: 'block', extensions: ['exe'] } })).toEqual({
      kind: 'refused',
      refusal: { reason: 'file-extension', params: ['exe'] },
      files: [{ index: 0, reason: 'file-extension', params: ['exe'] }],
    });
  });
});

describe('checkFile: extensions as an attacker spells them', () => {
  const block: AttachmentPolicy = { type: 'block', extensions: ['.EXE', 'bat', 'tar.gz'] };
  const allow: AttachmentPolicy = { type: 'allow', extensions: ['PDF', 'tar.gz'] };
  test.each([
    [block, 'a.pdf', true],
    [block, 'a.exe', false],
    [block, 'A.ExE', false],
    [block, 'a.exe.', false],
    [block, 'a.exe . ', false],
    [block, 'a.ｅｘｅ', false],
    [block, 'invoice.exe.pdf', false],
    [block, 'invoice.pdf.exe', false],
    [block, 'a.tar.gz', false],
    [block, 'a.gz', true],
    [block, 'exe', true],
    [block, '.exe', false],
    [block, 'noextension', true],
    [allow, 'a.pdf', true],
    [allow, 'a.PDF', true],
    [allow, 'v1.2 report.pdf', true],
    [allow, 'a.pdf.exe', false],
    [allow, 'a.tar.gz', true],
    [allow, 'a.gz', false],
    [allow, 'pdf', false],
    [allow, 'noextension', false],
    [{ type: 'allow', extensions: [] }, 'a.exe', true],
    [{ extensions: ['exe'] }, 'a.exe', false],
    [{ enabled: false }, 'a.pdf', false],
  ] as const)('%j takes %s: %s', (policy, name, taken) => {
    expect(checkFile(file(name), policy) === undefined).toBe(taken);
  });
  test('a file of exactly the limit passes, one of unknown size too', () => {
    expect(checkFile(file('a', 100), { maxSize: 100 })).toBeUndefined();
    expect(checkFile(file('a'), { maxSize: 100 })).toBeUndefined();
    expect(checkFile(file('a', 101), { maxSize: 100 })).toEqual({
      reason: 'file-too-large',
      params: ['100 bytes'],
    });
  });
  test.each([
    [12345, '12 KB'],
    [10485760, '10 MB'],
    [10485759, '9.9 MB'],
  ])('%i bytes read %s', (bytes, text) => {
    expect(readableSize(bytes)).toBe(text);
  });
  test('every reason to tell has a text', () => {
    const names = Object.values(textOfRefusal).filter((name) => name !== undefined);
    expect(names.map((name) => builtInTexts[name]).every((text) => text.length > 10)).toBe(true);
  });
});
