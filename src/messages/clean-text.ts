/** Making strings from outside safe to store and to show, without changing what a reader sees. */

/** What databases and JSON peers refuse (NUL, halves of surrogate pairs) becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}

/**
 * A file's name fit to be shown and stored: without folders, without characters that turn the reading direction (which
 * make `gpj.exe` read `exe.jpg`) and without control characters. Never empty.
 */
export function cleanFileName(name: string): string {
  const bare = cleanText(name)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/^.*[/\\]/s, '')
    .trim();
  return bare === '' || bare === '.' || bare === '..' ? 'file' : bare;
}
