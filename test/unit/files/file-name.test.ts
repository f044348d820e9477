import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { safeFileName, withExtension } from '../../../src/files/file-name.js';
import { anyText } from '../../support/any-text.js';

describe('names of files', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a.exe', 'a.exe'],
    ['/abs/photo.jpg', 'photo.jpg'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['a\u200bb\u2066.pdf', 'ab.pdf'],
    ['line\r\nbreak.txt', 'linebreak.txt'],
    ['nul\0byte.txt', 'nul\ufffdbyte.txt'],
    ['a.exe. . .', 'a.exe'],
    ['..', 'file'],
    ['...', 'file'],
    ['   ', 'file'],
    ['résumé.pdf', 'résumé.pdf'],
    ['报告.pdf', '报告.pdf'],
  ])('%j becomes %j', (given, expected) => {
    expect(safeFileName(given)).toBe(expected);
  });

  test('a long name keeps its extension within 255 bytes and no letter is cut in two', () => {
    const name = safeFileName(`${'报'.repeat(200)}.docx`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^报+\.docx$/);
  });

  test('whatever comes in, the name is one visible part of at most 255 bytes', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 400 }), (given) => {
        const name = safeFileName(given);
        expect(name).not.toBe('');
        expect(name).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(safeFileName(name)).toBe(name);
      }),
    );
  });

  test.each([
    ['photo.jpg', undefined, 'photo.jpg'],
    ['photo', 'jpg', 'photo.jpg'],
    ['photo', undefined, 'photo.bin'],
    ['.hidden', 'txt', 'hidden.txt'],
  ])('%j with content %j is called %j at eGain', (name, extension, expected) => {
    expect(withExtension(name, extension)).toBe(expected);
  });
});
