import { describe, expect, test } from '@jest/globals';
import { AllowedHosts, isHostEntry } from '../../../src/files/allowed-hosts.js';

describe('hosts an operator vouches for', () => {
  const allowed = new AllowedHosts(['Files.example.com', '10.0.0.7:8443', '[::1]', '*.corp.example']);

  test.each([
    ['https://files.example.com/a', true],
    ['https://FILES.example.com.:9443/a', true],
    ['https://10.0.0.7:8443/a', true],
    ['https://10.0.0.7/a', false],
    ['http://[::1]:8080/a', true],
    ['https://a.corp.example/', true],
    ['https://a.b.corp.example/', true],
    ['https://corp.example/', false],
    ['https://evilcorp.example/', false],
    ['https://files.example.com.evil.example/', false],
  ])('%s: %s', (url, expected) => {
    expect(allowed.has(new URL(url))).toBe(expected);
  });

  test.each([
    ['files.example.com', true],
    ['10.0.0.7:8443', true],
    ['*.corp.example', true],
    ['[::1]:80', true],
    ['https://files.example.com', false],
    ['files.example.com/path', false],
    ['*', false],
    ['', false],
  ])('%j can be an entry: %s', (entry, expected) => {
    expect(isHostEntry(entry)).toBe(expected);
  });
});
