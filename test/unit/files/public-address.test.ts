import { describe, expect, test } from '@jest/globals';
import { isLoopbackAddress, isPublicAddress } from '../../../src/files/public-address.js';

describe('I9: which addresses a file may be fetched from', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['the whole of loopback', '127.255.0.9'],
    ['a private network', '10.1.1.1'],
    ['a private network', '172.16.0.1'],
    ['a private network', '192.168.1.1'],
    ['a cloud’s metadata', '169.254.169.254'],
    ['another cloud’s metadata', '100.100.100.200'],
    ['Azure’s platform service', '168.63.129.16'],
    ['nowhere', '0.0.0.0'],
    ['everybody', '255.255.255.255'],
    ['a group', '224.0.0.1'],
    ['documentation', '203.0.113.5'],
    ['benchmarks', '198.18.0.1'],
    ['loopback, IPv6', '::1'],
    ['nowhere, IPv6', '::'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['unique local', 'fd00:ec2::254'],
    ['IPv4 mapped into IPv6', '::ffff:127.0.0.1'],
    ['IPv4 mapped, as numbers', '::ffff:a9fe:a9fe'],
    ['IPv4 compatible', '::127.0.0.1'],
    ['IPv4 translated', '::ffff:0:127.0.0.1'],
    ['NAT64 of loopback', '64:ff9b::7f00:1'],
    ['NAT64 of metadata', '64:ff9b::169.254.169.254'],
    ['NAT64 for local use', '64:ff9b:1::808:808'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001::1'],
    ['documentation, IPv6', '2001:db8::1'],
    ['space that was never given out', '1::1'],
    ['no address', 'localhost'],
  ])('refuses %s: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(['8.8.8.8', '2600::1', '64:ff9b::8.8.8.8', '::ffff:8.8.8.8'])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['8.8.8.8', false],
    ['localhost', false],
  ])('knows whether %s is this machine', (address, expected) => {
    expect(isLoopbackAddress(address)).toBe(expected);
  });
});
