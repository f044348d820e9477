import { describe, expect, test } from '@jest/globals';
import { judge } from '../../../src/files/judge.js';

const mostBytes = 10_485_760;
const bytes = {
  jpg: Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
  png: Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex'),
    Buffer.alloc(40),
  ]),
  exe: Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(64)]),
  elf: Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(64)]),
  pdf: Buffer.from('%PDF-1.7\n1 0 obj\n'),
  zip: Buffer.concat([Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'), Buffer.alloc(40)]),
  html: Buffer.from('\n<!DOCTYPE html><script>alert(1)</script>'),
  svg: Buffer.from('<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"></svg>'),
  script: Buffer.from('#!/bin/sh\nrm -rf /\n'),
  text: Buffer.from('Dear all,\n'),
};

const pictures = { type: 'allow', extensions: ['jpg', 'png', 'txt', 'docx'] } as const;
const noPrograms = { type: 'block', extensions: ['exe', 'pdf'] } as const;

describe('what a file may be', () => {
  test.each([
    ['a picture that is one', 'a.jpg', 'jpg', pictures],
    ['another spelling of its extension', 'a.jpg', 'jpg', { type: 'allow', extensions: ['JPG'] } as const],
    ['plain text', 'a.txt', 'text', pictures],
    ['an archive under the name of what it wraps', 'a.docx', 'zip', pictures],
    ['anything, where nothing is restricted', 'a.pdf', 'pdf', {}],
    ['a web page under its own name', 'a.html', 'html', {}],
    ['a picture under another picture’s name, where both are allowed', 'a.jpg', 'png', pictures],
    ['a program under its own name, where it is allowed', 'a.exe', 'exe', {}],
  ])('%s passes', async (_, name, kind, policy) => {
    const head = bytes[kind as keyof typeof bytes];
    expect(await judge({ name, size: head.length, head }, policy, mostBytes)).toMatchObject({ kind: 'fine' });
  });

  test.each([
    ['a program renamed to a picture', 'a.jpg', 'exe', pictures, 'file-extension', ['exe']],
    ['the same without any policy', 'a.jpg', 'exe', {}, 'file-extension', ['exe']],
    ['a program for Linux', 'holiday.png', 'elf', {}, 'file-extension', ['elf']],
    ['a script', 'a.pdf', 'script', {}, 'file-extension', ['sh']],
    ['a web page renamed to a picture', 'a.png', 'html', {}, 'file-extension', ['html']],
    ['a drawing with scripts renamed to a picture', 'a.png', 'svg', {}, 'file-extension', ['svg']],
    ['a program without a name that says so', 'readme', 'exe', {}, 'file-extension', ['exe']],
    ['a document that is not on the list', 'a.txt', 'pdf', pictures, 'file-extension', ['pdf']],
    ['a document that is blocked', 'a.txt', 'pdf', noPrograms, 'file-extension', ['pdf']],
    ['a double extension', 'a.exe.jpg', 'jpg', noPrograms, 'file-extension', ['exe']],
    ['any file where files are not allowed', 'a.jpg', 'jpg', { enabled: false }, 'files-not-allowed', []],
    ['a file beyond the manifest’s limit', 'a.jpg', 'jpg', { maxSize: 10 }, 'file-too-large', ['10 bytes']],
  ])('%s does not', async (_, name, kind, policy, reason, params) => {
    const head = bytes[kind as keyof typeof bytes];
    expect(await judge({ name, size: head.length, head }, policy, mostBytes)).toMatchObject({
      kind: 'refused',
      reason,
      params,
    });
  });

  test('an empty file does not, whatever was said of its size', async () => {
    expect(await judge({ name: 'a.txt', size: 5, head: Buffer.alloc(0) }, {}, mostBytes)).toMatchObject({
      reason: 'file-empty',
      text: 'bridge_file_empty',
      params: ['a.txt'],
    });
  });

  test('nothing passes beyond what eGain takes, even if the manifest says so', async () => {
    const file = { name: 'a.txt', size: mostBytes + 1, head: bytes.text };
    expect(await judge(file, { maxSize: 1e9 }, mostBytes)).toMatchObject({
      reason: 'file-too-large',
      params: ['10 MB'],
    });
  });

  test('its type is that of its bytes; eGain is told that of its name', async () => {
    const head = bytes.png;
    expect(await judge({ name: 'a.jpg', size: head.length, head }, {}, mostBytes)).toMatchObject({
      contentType: 'image/png',
      assetType: 'image/jpeg',
    });
  });
});
