import { describe, expect, test } from '@jest/globals';
import { builtInTexts, customerText, type L10nProperties } from '../../../src/messages/texts.js';

const name = 'msg_hub_blocked_file_extension';
const entry = (language: string, value: string): L10nProperties[number] => ({
  language,
  properties: [{ name, value }],
});
const manifest: L10nProperties = [
  entry('en-US', "no '{0}' here"),
  entry('pt', 'sem {0}'),
  entry('fr-CA', 'pas de {0}'),
  entry('es', ' '),
];
const say = (language: string | undefined, params: readonly string[] = ['exe'], fallback = 'en-US'): string =>
  customerText(name, language, manifest, fallback, params);

describe('I6: people are told in their own language', () => {
  test.each([
    ['en-US', "no 'exe' here"],
    ['EN_us', "no 'exe' here"],
    ['pt', 'sem exe'],
    ['pt-BR', 'sem exe'],
    ['pt-Latn-BR', 'sem exe'],
    ['fr', 'pas de exe'],
    ['fr-FR', 'pas de exe'],
    ['de', "no 'exe' here"],
    ['es', "no 'exe' here"],
    [undefined, "no 'exe' here"],
  ])('%s', (language, text) => {
    expect(say(language)).toBe(text);
  });
  test('falls back to English when the manifest has neither language', () => {
    expect(say('de', ['exe'], 'ja')).toBe('Files of type "exe" cannot be sent here.');
    expect(customerText('bridge_undelivered', 'de', [], 'ja')).toBe(builtInTexts.bridge_undelivered);
  });
  test('fills parameters literally', () => {
    expect(say('pt', ['$&{0}'])).toBe('sem $&{0}');
    expect(say('pt', [])).toBe('sem ');
  });
});
