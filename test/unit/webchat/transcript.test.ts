import { describe, expect, test } from '@jest/globals';
import { Transcript } from '../../../src/channels/webchat/browser/transcript.js';
import type { ChatEvent } from '../../../src/channels/webchat/events.js';

const said = (key: string, more: Partial<ChatEvent> = {}): ChatEvent => ({
  key,
  id: key,
  type: 'text',
  text: key,
  ...more,
});
const own = (key: string): ChatEvent => said(key, { own: true });
const texts = (transcript: Transcript): (string | undefined)[] => transcript.entries.map(({ text }) => text);

describe('what a chat shows', () => {
  test('I3: an event that comes again is shown once', () => {
    const transcript = new Transcript();
    expect([transcript.add(said('a'), '5-0'), transcript.add(said('a'), '9-0')]).toEqual([true, false]);
    expect(texts(transcript)).toEqual(['a']);
  });

  test('I2: events stand in the bridge’s order, whenever they come', () => {
    const transcript = new Transcript();
    transcript.add(said('c'), '10-0');
    transcript.add(said('a'), '9-0');
    transcript.add(said('b'), '9-1');
    expect(texts(transcript)).toEqual(['a', 'b', 'c']);
  });

  test('own words stand where they were written until the bridge has placed them', () => {
    const transcript = new Transcript();
    transcript.add(said('a'), '5-0');
    transcript.say(own('mine'), 5500);
    expect(transcript.entries.at(-1)).toMatchObject({ text: 'mine', state: 'sending' });
    transcript.add(said('b'), '6-0');
    expect(texts(transcript)).toEqual(['a', 'mine', 'b']);
    transcript.settle('mine', 'accepted');
    expect(texts(transcript)).toEqual(['a', 'mine', 'b']);
    transcript.add(own('mine'), '7-0');
    expect(texts(transcript)).toEqual(['a', 'b', 'mine']);
    expect(transcript.entries.at(-1)?.state).toBe('accepted');
  });

  test('I2: of two own messages the second never stands above the first, whichever is settled or placed', () => {
    const transcript = new Transcript();
    const other = new Transcript();
    transcript.add(said('greeting'), '5-0');
    other.add(said('greeting'), '5-0');
    transcript.say(own('first'), 5500);
    transcript.say(own('second'), 5500);
    transcript.settle('first', 'accepted');
    expect(texts(transcript)).toEqual(['greeting', 'first', 'second']);
    other.merge(transcript.entries);
    transcript.add(own('first'), '6-0');
    expect(texts(transcript)).toEqual(['greeting', 'first', 'second']);
    other.merge(transcript.entries);
    expect(texts(other)).toEqual(['greeting', 'first', 'second']);
    transcript.add(said('answer'), '7-0');
    transcript.add(own('second'), '8-0');
    expect(texts(transcript)).toEqual(['greeting', 'first', 'answer', 'second']);
  });

  test('two tabs that heard of everything show the same', () => {
    const [one, two] = [new Transcript(), new Transcript()];
    one.say(own('mine'), 1);
    const events: [ChatEvent, string][] = [
      [said('a'), '5-0'],
      [own('mine'), '6-0'],
      [said('b'), '7-0'],
    ];
    for (const [event, place] of events) one.add(event, place);
    for (const [event, place] of events.reverse()) two.add(event, place);
    expect(texts(one)).toEqual(texts(two));
  });

  test('what the bridge has told of stays accepted, whatever became of the answer', () => {
    const transcript = new Transcript();
    transcript.say(own('mine'), 1);
    transcript.add(own('mine'), '5-0');
    transcript.settle('mine', 'failed');
    expect(transcript.entries[0]?.state).toBe('accepted');
  });

  test('an offer that was answered says what was taken', () => {
    const transcript = new Transcript();
    transcript.add(
      said('offer', { offer: { kind: 'quickreply', options: [{ id: 'y', title: 'Yes' }] } }),
      '5-0',
    );
    transcript.say(
      said('answer', { own: true, type: 'choice', replyTo: 'offer', choices: [{ id: 'y' }] }),
      6,
    );
    expect(transcript.entries[0]?.taken).toEqual(['y']);
  });

  test('what another tab kept is there too, and knows better where it belongs', () => {
    const [one, two] = [new Transcript(), new Transcript()];
    one.say(own('mine'), 1);
    two.add(own('mine'), '5-0');
    two.add(said('a'), '6-0');
    one.merge(two.entries);
    expect(one.entries).toEqual(two.entries);
  });

  test('no more is kept than a page can show', () => {
    const transcript = new Transcript();
    for (let n = 0; n < 400; n += 1) transcript.add(said(`m${n}`), `${n + 1}-0`);
    expect(transcript.entries).toHaveLength(300);
    expect(transcript.entries[0]?.text).toBe('m100');
  });
});
