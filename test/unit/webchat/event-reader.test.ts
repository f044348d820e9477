import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventReader } from '../../../src/channels/webchat/browser/event-reader.js';

const stream =
  'retry: 1000\n\nid: 1-0\nevent: message\ndata: {"a":1}\n\n: \n\nevent: fleeting\r\ndata: x\r\ndata: y\r\n\r\n';

describe('the chat’s event stream', () => {
  test('is read whatever pieces it comes in', () => {
    const whole = new EventReader().push(stream);
    expect(whole).toEqual([
      { id: '1-0', name: 'message', data: '{"a":1}' },
      { id: '', name: 'fleeting', data: 'x\ny' },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const reader = new EventReader();
        const events = at.slice(1).flatMap((end, index) => reader.push(stream.slice(at[index], end)));
        expect(events).toEqual(whole);
      }),
    );
  });

  test('an event that was not finished is none', () => {
    expect(new EventReader().push('id: 1-0\ndata: half')).toEqual([]);
  });
});
