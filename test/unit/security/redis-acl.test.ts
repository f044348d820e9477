import { describe, expect, test } from '@jest/globals';
import { documentedRules, grantedCommands, scriptedCommands } from '../../support/redis-acl.js';

const rules = documentedRules('a-password-for-this-test');

describe('the documented Redis user', () => {
  test('may run every command of every script, also those of moments no test can wait for', () => {
    const granted = new Set(grantedCommands(rules));
    const scripted = scriptedCommands();
    expect(scripted.size).toBeGreaterThan(40);
    expect([...scripted].filter((name) => !granted.has(name))).toEqual([]);
  });

  test('may touch nothing but the installation’s own keys and channels, and no group of commands', () => {
    expect(rules.filter((rule) => /^[~%&]/.test(rule))).toEqual(['~{egain-bridge:*', '&{egain-bridge:*']);
    expect(rules.filter((rule) => /^[+-]@|^all/.test(rule))).toEqual(['-@all']);
  });

  test('may not change Redis, stop it, empty it or read its users', () => {
    const never = ['config', 'acl', 'shutdown', 'flushall', 'flushdb', 'keys', 'debug', 'monitor', 'save'];
    expect(grantedCommands(rules).filter((name) => never.includes(name.split('|')[0] ?? ''))).toEqual([]);
  });
});
