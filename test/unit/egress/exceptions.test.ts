import { describe, expect, test } from '@jest/globals';
import { ProxyExceptions } from '../../../src/egress/exceptions.js';

const direct = (list: string, host: string, port = '443'): boolean =>
  new ProxyExceptions(list === '' ? [] : list.split(',')).has(host, port);

describe('what is reached without the proxy', () => {
  test.each([
    ['example.com', 'example.com', true],
    ['example.com', 'api.example.com', true],
    ['example.com', 'badexample.com', false],
    ['.example.com', 'api.example.com', true],
    ['*.example.com', 'api.example.com', true],
    ['EXAMPLE.com', 'api.Example.COM.', true],
    ['*', 'anything.example', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.0/8', 'ten.example', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.30', false],
    ['[fd00::1]', '[fd00::1]', true],
    ['fd00::/8', '[fd12::1]', true],
    ['', 'example.com', false],
  ])('NO_PROXY=%s, %s: %s', (list, host, expected) => {
    expect(direct(list, host)).toBe(expected);
  });

  test('an entry with a port is for that port alone', () => {
    expect(direct('example.com:8443', 'example.com', '8443')).toBe(true);
    expect(direct('example.com:8443', 'example.com', '443')).toBe(false);
    expect(direct('[fd00::1]:8443', '[fd00::1]', '8443')).toBe(true);
    expect(direct('[fd00::1]:8443', '[fd00::1]', '443')).toBe(false);
  });

  test.each(['localhost', 'a.localhost', '127.0.0.1', '127.8.8.8', '[::1]', '[::ffff:127.0.0.1]'])(
    '%s always is: it never leaves the machine',
    (host) => {
      expect(direct('', host)).toBe(true);
    },
  );
});
