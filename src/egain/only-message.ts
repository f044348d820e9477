/** A callback's one message, with the JSON it came in. */
export interface OnlyMessage {
  readonly message: unknown;
  readonly json: string;
}

/** Between its words JSON allows these four and no other white space. */
const opening =
  /^[ \t\r\n]*\{[ \t\r\n]*"messages"[ \t\r\n]*:[ \t\r\n]*\{[ \t\r\n]*"message"[ \t\r\n]*:[ \t\r\n]*\[/;
const closing = ['}', '}', ']'] as const;
const space = /[ \t\r\n]/;

/**
 * Takes the message out of `{"messages":{"message":[ … ]}}`, the callback eGain usually sends, without touching the rest:
 * what is between the brackets is JSON by itself exactly when it is the only item and nothing else is in the body. So it
 * can be kept as it came, and writing it out again is saved. Undefined for every other text, JSON or not.
 */
export function onlyMessage(text: string): OnlyMessage | undefined {
  const start = opening.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  let end = text.length;
  for (const bracket of closing) {
    while (space.test(text.charAt(end - 1))) end -= 1;
    end -= 1;
    if (text.charAt(end) !== bracket) return undefined;
  }
  const json = text.slice(start, end);
  // Indentation would be kept, and paid for in Redis.
  if (json.includes('\n')) return undefined;
  try {
    return { message: JSON.parse(json), json };
  } catch {
    return undefined;
  }
}
